package import Kernel

/// Why one line of an invoice is what it is, complete enough to redo it by hand.
///
/// Kept with the line for ever, as JSON. Amounts of money are `{"amount", "currency"}` in minor units;
/// `exact` and `arithmetic` are in whole units of the currency: `4.99 * 1.5 = 7.485, rounded 7.49`.
package struct Explanation: Sendable {
    private let rule: String
    private let unitMinor: Int64
    private let quantity: Quantity
    private let amountMinor: Int64
    /// What unit price and quantity come to, rounded.
    private let pricedMinor: Int64
    private let discounts: DiscountsExplanation?
    private let tax: TaxExplanation
    private let currency: Currency
    private let term: BilledTerm?
    private var policies: [AppliedPolicy] = []

    /// Which term of what the line bills.
    private struct BilledTerm {
        let term: Term
        let item: DueItem
        let price: PriceID?
        let throughDay: Day
        /// Of which the term is a part; nil when it is whole.
        let part: TermPart?
        /// How the price of a whole term follows from the quantity; nil where each unit costs the same.
        let model: PriceExplanation?
    }

    /// `line` is one of `invoice`, planned for `item` under `rules`; `price` names the price version it used.
    package init(
        _ line: PlannedLine, of invoice: PlannedInvoice, for item: DueItem, price: PriceID?,
        rules: BillingRules
    ) {
        rule = line.charge.kind.rawValue
        unitMinor = line.charge.unitMinor
        quantity = line.charge.quantity
        amountMinor = line.charge.amountMinor
        pricedMinor = line.charge.wholeMinor
        discounts = DiscountsExplanation(of: line.charge, in: invoice.currency)
        currency = invoice.currency
        tax = TaxExplanation(
            TaxedAmount(netMinor: line.netMinor, tax: line.tax), at: line.place, of: invoice.totals,
            in: invoice.currency, rounding: rules.tax.rounding)
        term = BilledTerm(
            term: line.term, item: item, price: price, throughDay: item.dueThrough(rules),
            part: line.charge.kind == .recurring
                ? TermPart(line.term, of: item, at: line.charge.discountedMinor, in: rules.zone) : nil,
            model: line.charge.kind == .recurring ? PriceExplanation(item.price, item.quantity) : nil)
    }

    /// A line that a person wrote, at `place`, counted from 0, of an invoice with these totals.
    package init(
        _ charge: ManualCharge, at place: Int, of totals: InvoiceTotals, in currency: Currency,
        tax: (line: LineTax, rounding: TaxRounding)
    ) {
        rule = "manual"
        unitMinor = charge.unitMinor
        quantity = charge.quantity
        amountMinor = charge.amountMinor
        pricedMinor = charge.amountMinor
        discounts = nil
        self.currency = currency
        self.tax = TaxExplanation(
            TaxedAmount(netMinor: charge.amountMinor, tax: tax.line), at: place, of: totals, in: currency,
            rounding: tax.rounding)
        term = nil
    }

    /// The same with the policies that made the line what it is.
    package func naming(_ policies: [AppliedPolicy]) -> Explanation {
        var copy = self
        copy.policies = policies
        return copy
    }

    /// Compact JSON with a fixed order of keys: the same explanation is always the same text.
    package var json: String {
        // All but names is bounded: numbers have at most 40 digits.
        let names = policies.reduce(tax.longestJSON) { $0 + $1.longestJSON }
        let part = term?.part == nil ? 0 : TermPart.longestJSON
        let steps = (term?.model?.longestJSON ?? 0) + (discounts?.longestJSON ?? 0)
        return JSONBytes.object(capacity: 2048 + names + part + steps) {
            writeCharge(into: &$0)
            if let term { write(term, into: &$0) }
            $0.object("tax", tax.write(into:))
            if !policies.isEmpty { $0.object("policies", write(policies:)) }
        }
    }

    private func writeCharge(into json: inout JSONBytes) {
        json.string("rule") { $0.escaped(rule) }
        json.string("arithmetic") {
            $0.decimal(Int128(unitMinor), scale: digits, decimals: digits)
            $0.plain(" * ")
            $0.decimal(Int128(quantity.micros), scale: 6, decimals: 0)
            $0.result(exactAmount, scale: digits + 6, rounded: pricedMinor, digits: digits)
        }
        json.money("unit_price", unitMinor, currency)
        if let price = term?.price { json.string("price", price.description) }
        json.string("quantity") { $0.decimal(Int128(quantity.micros), scale: 6, decimals: 0) }
        json.string("exact") { $0.decimal(exactAmount, scale: digits + 6, decimals: digits) }
        json.string("rounding") { $0.escaped(Rounding.halfUp.rawValue) }
        json.money("amount", amountMinor, currency)
    }

    private func write(_ billed: BilledTerm, into json: inout JSONBytes) {
        let schedule = billed.item.schedule
        json.object("period") {
            $0.day("start", billed.term.start)
            // The first day that is no longer paid for.
            $0.day("end", billed.term.end)
        }
        json.object("schedule") {
            $0.day("anchor", schedule.anchor)
            $0.object("interval") {
                $0.string("unit") { $0.escaped(schedule.interval.unit.rawValue) }
                $0.integer("count", Int64(schedule.interval.count))
            }
            $0.integer("term", Int64(billed.term.number))
        }
        if billed.item.isPaidOnce { json.holds("paid_once") }
        if billed.item.span.inArrears {
            json.string("billed") { $0.escaped(BillingTiming.inArrears.rawValue) }
        }
        json.day("billed_through", billed.throughDay)
        if let cancelOn = billed.item.span.cancelOn { json.day("cancel_on", cancelOn) }
        if let model = billed.model { json.object("price_model", model.write(into:)) }
        discounts?.write(into: &json)
        if let part = billed.part {
            json.object("proration") { part.write(into: &$0, as: amountMinor, in: currency) }
        }
    }

    private func write(policies json: inout JSONBytes) {
        for policy in policies { policy.write(into: &json) }
    }

    private var digits: Int { currency.exponent }

    /// The amount before rounding, in millionths of a minor unit.
    private var exactAmount: Int128 {
        Int128(unitMinor) * Int128(quantity.micros)
    }
}

extension JSONBytes {
    /// ` = 7.485, rounded 7.49`, or ` = 9.98` when nothing had to be rounded.
    fileprivate mutating func result(_ exact: Int128, scale: Int, rounded: Int64, digits: Int) {
        plain(" = ")
        decimal(exact, scale: scale, decimals: digits)
        if exact != Int128(rounded) * 1_000_000 {
            plain(", rounded ")
            decimal(Int128(rounded), scale: digits, decimals: digits)
        }
    }
}
