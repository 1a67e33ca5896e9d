package import Kernel

/// What a billing run does for one customer: which invoices to make, and where every item stands afterwards.
///
/// Pure: the same items and rules always give the same plan, and after an applied plan the next one is empty
/// (unless an item had more due terms than the limit; it then goes on where it stopped).
package struct InvoicePlan: Hashable, Sendable {
    /// One per currency and service day, in the order of day, then currency code.
    package let invoices: [PlannedInvoice]
    /// The items that could not be billed, in their order. Only they are left out.
    package let failures: [ItemFailure]
    /// Where each item stands after the plan, in the order of the items; a failed one stands where it stood.
    package let next: [NextTerm]

    package init(items: [DueItem], rules: BillingRules) {
        var failures: [ItemFailure] = []
        var drafts: [LineDraft] = []
        var next: [NextTerm] = []
        next.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            do {
                next.append(NextTerm(of: item, at: try item.draft(into: &drafts, as: index, rules: rules)))
            } catch {
                failures.append(ItemFailure(item: index, reason: error))
                next.append(NextTerm(of: item, at: item.nextTerm))
            }
        }
        drafts.sort(by: LineDraft.inOrder)
        var invoices: [PlannedInvoice] = []
        while !drafts.isEmpty {
            do {
                invoices = try InvoicePlan.invoices(from: drafts, rounding: rules.tax.rounding)
                break
            } catch {
                // Only a sum of sound lines can still overflow. The largest line in it is the one to look at.
                failures.append(ItemFailure(item: error.item, reason: .overflow))
                next[error.item] = NextTerm(of: items[error.item], at: items[error.item].nextTerm)
                drafts.removeAll { $0.item == error.item }
            }
        }
        self.invoices = invoices
        self.failures = failures.sorted { $0.item < $1.item }
        self.next = next
    }

    /// Cuts the sorted drafts where day or currency change.
    private static func invoices(
        from drafts: [LineDraft], rounding: TaxRounding
    ) throws(OverflowingSum) -> [PlannedInvoice] {
        var invoices: [PlannedInvoice] = []
        var start = drafts.startIndex
        while start < drafts.endIndex {
            let first = drafts[start]
            let end = drafts[start...].firstIndex { !$0.sharesInvoice(with: first) } ?? drafts.endIndex
            invoices.append(try PlannedInvoice(drafts[start..<end], rounding: rounding))
            start = end
        }
        return invoices
    }
}

/// One invoice to make. Net + tax = gross, and the lines add up to both.
package struct PlannedInvoice: Hashable, Sendable {
    /// The day on which all its terms are due: they start on it or, in arrears, end.
    package let serviceDay: Day
    package let currency: Currency
    /// In the order of the items, each item's recurring line before its set-up line.
    package let lines: [PlannedLine]
    package let totals: InvoiceTotals

    package var netMinor: Int64 { totals.netMinor }
    package var taxMinor: Int64 { totals.taxMinor }
    package var grossMinor: Int64 { totals.grossMinor }

    fileprivate init(_ drafts: ArraySlice<LineDraft>, rounding: TaxRounding) throws(OverflowingSum) {
        do {
            totals = try InvoiceTotals.compute(
                drafts.map { TaxedAmount(netMinor: $0.charge.amountMinor, tax: $0.tax) }, rounding: rounding)
        } catch {
            let largest = drafts.max { $0.charge.amountMinor.magnitude < $1.charge.amountMinor.magnitude }
            throw OverflowingSum(item: largest?.item ?? 0)
        }
        serviceDay = drafts[drafts.startIndex].dueOn
        currency = drafts[drafts.startIndex].currency
        let taxes = totals.lineTaxesMinor
        lines = drafts.enumerated().map { place, draft in
            PlannedLine(
                place: place, item: draft.item, term: draft.term, charge: draft.charge, tax: draft.tax,
                taxMinor: taxes[place])
        }
    }
}

/// One line of a planned invoice: one charge of one item for one term.
package struct PlannedLine: Hashable, Sendable {
    /// In the invoice's lines, counted from 0.
    let place: Int
    /// Index of the item in the array that was planned.
    package let item: Int
    package let term: Term
    package let charge: Charge
    package let tax: LineTax
    package let taxMinor: Int64

    package var netMinor: Int64 { charge.amountMinor }
}

/// The first term of an item that is not billed yet.
package struct NextTerm: Hashable, Sendable {
    package let number: Int
    /// When it is to be billed; nil when it never will be.
    package let dueOn: Day?

    fileprivate init(of item: DueItem, at number: Int) {
        self.number = number
        dueOn = item.span.dueOn(number)
    }
}

/// An item that a plan leaves out.
package struct ItemFailure: Hashable, Sendable {
    package enum Reason: String, Error, Sendable {
        /// An amount or a sum does not fit into 64 bits.
        case overflow
        /// A term that is due ends after the last day of the calendar, 9999-12-31.
        case calendarEnds = "calendar_ends"
    }

    /// Index of the item in the array that was planned.
    package let item: Int
    package let reason: Reason

    package init(item: Int, reason: Reason) {
        self.item = item
        self.reason = reason
    }
}

/// A line before its invoice's tax is known.
private struct LineDraft {
    let item: Int
    let currency: Currency
    let term: Term
    let dueOn: Day
    let charge: Charge
    let tax: LineTax

    func sharesInvoice(with other: LineDraft) -> Bool {
        dueOn == other.dueOn && currency == other.currency
    }

    static func inOrder(_ left: LineDraft, _ right: LineDraft) -> Bool {
        if left.dueOn != right.dueOn { return left.dueOn < right.dueOn }
        if left.currency != right.currency { return left.currency < right.currency }
        if left.item != right.item { return left.item < right.item }
        return left.charge.kind == .recurring && right.charge.kind == .setUp
    }
}

/// The lines of an invoice are sound but their sum is not.
private struct OverflowingSum: Error {
    let item: Int
}

extension DueItem {
    /// Appends the lines of all due terms and returns the first term that is not billed then. Appends nothing
    /// when it throws.
    fileprivate func draft(
        into drafts: inout [LineDraft], as index: Int, rules: BillingRules
    ) throws(ItemFailure.Reason) -> Int {
        let throughDay = dueThrough(rules)
        guard span.isDue(nextTerm, through: throughDay) else { return nextTerm }
        let terms = span.terms(from: nextTerm, through: throughDay, limit: rules.termLimit)
        if terms.count < rules.termLimit, span.isDue(nextTerm + terms.count, through: throughDay) {
            throw .calendarEnds
        }
        let start = drafts.count
        do {
            let recurring = try Charge.recurring(price, quantity)
            for billed in terms where !billedAhead.contains(billed.term.number) {
                let held = discounts.filter { $0.holds(for: billed.whole) }
                let whole = held.isEmpty ? recurring : try recurring.less(held)
                let charge = try whole.covering(billed, by: proration, in: rules.zone)
                // Of a supply over a time, what is billed behind its end is due in tax on its last day.
                let taxPoint = span.inArrears ? billed.term.end.adding(days: -1) : rules.issuedOn
                let tax = rules.tax.tax(on: taxClass, on: taxPoint)
                func add(_ charge: Charge) {
                    drafts.append(
                        LineDraft(
                            item: index, currency: price.currency, term: billed.term,
                            dueOn: billed.dueOn(span.inArrears ? .inArrears : .inAdvance), charge: charge,
                            tax: tax))
                }
                add(charge)
                if billed.term.number == setUpTerm, let fee = try Charge.setUp(self) {
                    add(held.isEmpty ? fee : try fee.less(held, after: whole))
                }
            }
        } catch {
            drafts.removeSubrange(start...)
            throw .overflow
        }
        var next = nextTerm + terms.count
        while billedAhead.contains(next) { next += 1 }
        return next
    }
}
