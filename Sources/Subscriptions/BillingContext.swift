import BillingMath
import Foundation
package import Kernel
import Tax
import Tenancy

/// What holds for a whole run: read once at its start, so that all its invoices follow the same rules even
/// when somebody changes the settings meanwhile.
struct BillingContext: Sendable {
    let scope: TenantScope
    let calendar: TenantCalendar
    let taxRates: [CountryCode: TaxRateEntry]
    let seller: UUID
    let window: DueWindow
    let isDryRun: Bool
    let recordedAt: Instant

    /// What a customer pays, and the reason that the explanation of each line gives.
    func tax(of customer: BilledCustomer) -> CustomerTax {
        let decision = TaxDecision(country: customer.country, isExempt: customer.isTaxExempt, rates: taxRates)
        return CustomerTax(
            decision, in: customer.country, rounding: customer.policies.value(Policies.taxRounding))
    }

    /// At most so many terms of one item in one transaction; the next pass goes on behind them.
    static let termLimit = 24
}

/// Which terms a run bills: those that start on or before the day asked for, or as many days behind it as
/// their subscription is invoiced before due.
struct DueWindow: Sendable, Hashable {
    let asOf: Day
    /// Of the company; schedules keep the number of those that differ.
    let daysBeforeDue: Int
    /// Nothing that starts later is due yet, whatever was asked for and the policies say.
    let horizon: Day

    init(asOf: Day, today: Day, _ settings: TenantSettings) {
        self.asOf = asOf
        horizon = BillingGuards.horizon(from: today)
        daysBeforeDue = PolicyCascade(tenant: settings.policies).value(Policies.invoiceDaysBeforeDue).value
    }

    /// What is due of a subscription with these policies starts on or before this day.
    func throughDay(by policies: PolicyCascade) -> Day {
        min(horizon, asOf.adding(days: policies.value(Policies.invoiceDaysBeforeDue).value))
    }
}

/// What a caller asks of a run.
package struct BillingRequest: Sendable, Hashable {
    package let scope: TenantScope
    /// Selects the terms: those that start on or before it. The issue date is always the tenant's today.
    package let asOf: Day?
    /// Computes everything and writes nothing.
    package let isDryRun: Bool
    /// How many transactions at once.
    package let workers: Int
    /// Who stands in the audit log for it; nil when the command that asked for it has an entry already.
    package let askedBy: Actor.Kind?

    package init(
        scope: TenantScope, asOf: Day? = nil, isDryRun: Bool = false, workers: Int = 2,
        askedBy: Actor.Kind? = nil
    ) {
        self.scope = scope
        self.asOf = asOf
        self.isDryRun = isDryRun
        self.workers = max(1, workers)
        self.askedBy = askedBy
    }
}

/// What the audit log says of a run that no request asked for.
struct BillingBegun: Codable, Sendable {
    let asOf: Day
    let issuedOn: Day
}

/// Rows that say something no code of MPanel writes.
enum BillingFault: Error {
    case unreadableSchedule
}
