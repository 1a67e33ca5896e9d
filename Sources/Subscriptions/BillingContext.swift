import BillingMath
import Foundation
package import Kernel
import Tax
import Tenancy

/// What decides about every bill beside its own items: read once, so that all that is billed together follows
/// the same rules even when somebody changes the settings meanwhile.
struct BillingBasis: Sendable {
    let calendar: TenantCalendar
    let taxBook: TaxBook
    let window: DueWindow

    /// How a customer is taxed, and the reason that the explanation of each line gives.
    func tax(of customer: BilledCustomer) -> CustomerTax {
        CustomerTax(taxBook, for: customer.taxBuyer, rounding: customer.policies.value(Policies.taxRounding))
    }

    /// At most so many terms of one item in one transaction; the next pass goes on behind them.
    static let termLimit = 24
}

/// What holds for a whole run.
struct BillingContext: Sendable {
    let scope: TenantScope
    let basis: BillingBasis
    let seller: UUID
    let isDryRun: Bool
    let recordedAt: Instant

    var calendar: TenantCalendar { basis.calendar }
    var window: DueWindow { basis.window }
}

/// Which terms a run bills: those that start on or before the day asked for, or as many days behind it as
/// their subscription is invoiced before due.
struct DueWindow: Sendable, Hashable {
    let asOf: Day
    let today: Day
    /// Of the company; schedules keep the number of those that differ.
    let daysBeforeDue: Int
    /// Nothing that starts later is due yet, whatever was asked for and the policies say.
    let horizon: Day
    /// Subscriptions that begin by this day are billed as if they had begun: a rehearsal must not begin them.
    let begunOn: Day?

    init(asOf: Day, today: Day, _ settings: TenantSettings, begunOn: Day? = nil) {
        self.asOf = asOf
        self.today = today
        self.begunOn = begunOn
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
    case unreadableSchedule, unreadablePrice
}
