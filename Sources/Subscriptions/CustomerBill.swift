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
    /// Each once, with all of its schedules.
    private(set) var failures: [FailedItem] = []
    private var items: [DueItem]
    private let customer: BilledCustomer
    private let lines: LineCounts
    private let zone: TimeZone
    private let issuedOn: Day
    private let tax: CustomerTax

    init(_ claim: DueClaim, lines: LineCounts = .none, _ basis: BillingBasis) {
        customer = claim.customer
        rows = claim.rows
        self.lines = lines
        zone = basis.calendar.settings.timeZone.zone
        issuedOn = basis.calendar.today
        items = rows.map(\.item)
        tax = basis.tax(of: customer)
        leaveOut(claim.unreadable)
    }

    /// What is due, without the items that cannot be billed: only they are left out.
    mutating func plan() -> InvoicePlan {
        while true {
            let plan = InvoicePlan(items: items, rules: rules(through: limitDay))
            if !plan.failures.isEmpty {
                leaveOut(plan.failures.map { rows[$0.item].failed($0.reason) })
            } else if let surplus = lines.surplus(in: plan, of: rows),
                let row = rows.first(where: { $0.itemID == surplus.item })
            {
                leaveOut([row.failed(crowding: surplus.day)])
            } else {
                return plan
            }
        }
    }

    private mutating func leaveOut(_ failed: [FailedItem]) {
        for failure in failed where !failures.contains(where: { $0.item == failure.item }) {
            failures.append(failure)
            let left = rows.indices.filter { rows[$0].itemID != failure.item }
            rows = left.map { rows[$0] }
            items = left.map { items[$0] }
        }
    }

    mutating func advance(by plan: InvoicePlan) {
        items = zip(items, plan.next).map { item, next in item.standing(at: next) }
    }

    /// Whether due terms are left, which only the limit leaves behind.
    var isUnfinished: Bool {
        items.contains(where: \.isDue)
    }

    /// Where the schedules stand that a plan has moved, ended or opened.
    var moved: [(row: DueRow, item: DueItem)] {
        zip(rows, items).filter { row, item in
            row.item.nextTerm != item.nextTerm || row.endsOn != nil || row.followed != nil
        }.map { ($0, $1) }
    }

    /// The day before the first due item would have more terms than the limit: all items advance together,
    /// so that what is due on one day never comes to stand on two invoices. An item of which nothing is due
    /// limits none.
    private var limitDay: Day {
        let limits = items.filter(\.isDue)
            .compactMap { $0.span.dueOn($0.nextTerm + BillingBasis.termLimit) }
        return limits.reduce(.last) { min($0, $1.adding(days: -1)) }
    }

    private func rules(through day: Day) -> BillingRules {
        BillingRules(
            throughDay: day, issuedOn: issuedOn, tax: tax, zone: zone, termLimit: BillingBasis.termLimit)
    }
}

extension CustomerBill {
    func document(for invoice: PlannedInvoice, id: InvoiceID) -> InvoiceToIssue {
        let rules = rules(through: .last)
        let policies = customer.policies
        let applied = [policies.applied(Policies.paymentTermsDays), policies.applied(Policies.taxRounding)]
        return InvoiceToIssue(
            id: id, customer: customer.id, buyer: customer.buyer, currency: invoice.currency,
            serviceOn: invoice.serviceDay, totals: invoice.totals, taxRounding: tax.rounding,
            paymentTermsDays: policies.value(Policies.paymentTermsDays).value,
            lines: invoice.lines.enumerated().map { place, line in
                let row = rows[line.item]
                let explanation = Explanation(
                    line, of: invoice, for: items[line.item], price: row.price, rules: rules
                ).naming(row.policies(of: line.charge) + applied)
                let charge = row.shown(line.charge)
                var issued = LineToIssue(
                    description: charge.description, quantityMicros: charge.quantity.micros,
                    unitPriceMinor: charge.unitMinor, discountMinor: line.charge.discountMinor,
                    netMinor: line.netMinor, tax: line.tax,
                    taxesMinor: invoice.totals.componentTaxesMinor[place],
                    periodStart: line.term.start, periodEnd: line.term.end,
                    source: row.itemID.description, explanation: JSONText(explanation.json))
                issued.taxClass = items[line.item].taxClass
                return issued
            })
    }
}
