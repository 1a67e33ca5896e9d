import BillingMath
import Foundation
import Invoicing
import Kernel
import Postgres
import Tenancy

/// The due items of one customer on their way through a plan.
struct CustomerBill {
    /// In step with `items`; those that fail are taken out of both.
    private(set) var rows: [DueRow]
    private(set) var failures: [BillingFailure] = []
    private var items: [DueItem]
    private let zone: TimeZone
    private let tax: CustomerTax

    /// The rows are those of one customer, and at least one.
    init(_ rows: [DueRow], _ basis: BillingBasis) {
        self.rows = rows
        zone = basis.calendar.settings.timeZone.zone
        items = rows.map(\.item)
        tax = basis.tax(of: rows[0].customer)
    }

    /// What is due, without the items that cannot be billed: only they are left out.
    mutating func plan() -> InvoicePlan {
        while true {
            let plan = InvoicePlan(items: items, rules: rules(through: limitDay))
            if plan.failures.isEmpty { return plan }
            for failure in plan.failures.reversed() {
                failures.append(rows[failure.item].failure(BillingFailure.Reason(failure.reason)))
                rows.remove(at: failure.item)
                items.remove(at: failure.item)
            }
        }
    }

    mutating func advance(by plan: InvoicePlan) {
        items = zip(items, plan.next).map { item, next in item.standing(at: next) }
    }

    /// Whether due terms are left, which only the limit leaves behind.
    var isUnfinished: Bool {
        items.contains(where: \.isDue)
    }

    /// Where the schedules stand that a plan has moved.
    var moved: [(row: DueRow, item: DueItem)] {
        zip(rows, items).filter { $0.item.nextTerm != $1.nextTerm }.map { ($0, $1) }
    }

    /// The day before the first due item would have more terms than the limit: all items advance together,
    /// so that terms of one day never come to stand on two invoices. An item of which nothing is due limits
    /// none.
    private var limitDay: Day {
        let limits = items.filter(\.isDue)
            .compactMap { $0.schedule.start(of: $0.nextTerm + BillingBasis.termLimit) }
        return limits.reduce(.last) { min($0, $1.adding(days: -1)) }
    }

    private func rules(through day: Day) -> BillingRules {
        BillingRules(throughDay: day, tax: tax, zone: zone, termLimit: BillingBasis.termLimit)
    }
}

extension CustomerBill {
    func document(for invoice: PlannedInvoice, id: InvoiceID) -> InvoiceToIssue {
        let rules = rules(through: .last)
        let policies = rows[0].customer.policies
        let applied = [policies.applied(Policies.paymentTermsDays), policies.applied(Policies.taxRounding)]
        return InvoiceToIssue(
            id: id, customer: rows[0].customer.id, buyer: rows[0].customer.buyer, currency: invoice.currency,
            serviceOn: invoice.serviceDay, netMinor: invoice.netMinor, taxMinor: invoice.taxMinor,
            grossMinor: invoice.grossMinor, taxRounding: tax.rounding,
            paymentTermsDays: policies.value(Policies.paymentTermsDays).value,
            lines: invoice.lines.map { line in
                let row = rows[line.item]
                let explanation = Explanation(
                    line, of: invoice, for: items[line.item], price: row.price, rules: rules
                ).naming(row.policies(of: line.charge) + applied)
                let charge = row.shown(line.charge)
                return LineToIssue(
                    description: charge.description, quantityMicros: charge.quantity.micros,
                    unitPriceMinor: charge.unitMinor, netMinor: line.netMinor, taxMinor: line.taxMinor,
                    taxRatePPM: tax.rate.ratePPM, periodStart: line.term.start, periodEnd: line.term.end,
                    source: row.itemID.description, explanation: JSONText(explanation.json))
            })
    }
}
