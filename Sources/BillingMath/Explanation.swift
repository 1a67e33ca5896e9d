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
    private let taxMinor: Int64
    private let tax: CustomerTax
    private let invoice: Sums
    private let term: BilledTerm?
    private var policies: [AppliedPolicy] = []

    /// What the invoice's own tax was computed from.
    private struct Sums {
        let currency: Currency
        let netMinor: Int64
        let taxMinor: Int64
    }

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
        taxMinor = line.taxMinor
        tax = rules.tax
        self.invoice = Sums(
            currency: invoice.currency, netMinor: invoice.netMinor, taxMinor: invoice.taxMinor)
        term = BilledTerm(
            term: line.term, item: item, price: price, throughDay: item.dueThrough(rules),
            part: line.charge.kind == .recurring
                ? TermPart(line.term, of: item, at: line.charge.discountedMinor, in: rules.zone) : nil,
            model: line.charge.kind == .recurring ? PriceExplanation(item.price, item.quantity) : nil)
    }

    /// A line that a person wrote, at `place`, counted from 0, of an invoice with these totals.
    package init(
        _ charge: ManualCharge, at place: Int, of totals: InvoiceTotals, in currency: Currency,
        tax: CustomerTax
    ) {
        rule = "manual"
        unitMinor = charge.unitMinor
        quantity = charge.quantity
        amountMinor = charge.amountMinor
        pricedMinor = charge.amountMinor
        discounts = nil
        taxMinor = totals.lineTaxesMinor[place]
        self.tax = tax
        invoice = Sums(currency: currency, netMinor: totals.netMinor, taxMinor: totals.taxMinor)
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
        let names = policies.reduce(6 * taxNameLength) { $0 + $1.longestJSON }
        let part = term?.part == nil ? 0 : TermPart.longestJSON
        let steps = (term?.model?.longestJSON ?? 0) + (discounts?.longestJSON ?? 0)
        return JSONBytes.object(capacity: 2048 + names + part + steps) {
            writeCharge(into: &$0)
            if let term { write(term, into: &$0) }
            writeTax(into: &$0)
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
        json.money("unit_price", unitMinor, invoice.currency)
        if let price = term?.price { json.string("price", price.description) }
        json.string("quantity") { $0.decimal(Int128(quantity.micros), scale: 6, decimals: 0) }
        json.string("exact") { $0.decimal(exactAmount, scale: digits + 6, decimals: digits) }
        json.string("rounding") { $0.escaped(Rounding.halfUp.rawValue) }
        json.money("amount", amountMinor, invoice.currency)
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
            json.object("proration") { part.write(into: &$0, as: amountMinor, in: invoice.currency) }
        }
    }

    private func writeTax(into json: inout JSONBytes) {
        json.object("tax") {
            $0.string("rate_percent") { $0.decimal(Int128(tax.rate.ratePPM), scale: 4, decimals: 0) }
            writeReason(into: &$0)
            $0.string("rounded_on") { $0.escaped(tax.rounding.rawValue) }
            $0.string("rounding") { $0.escaped(Rounding.halfUp.rawValue) }
            let lineExact = tax.rate.exactTax(onMinor: amountMinor)
            $0.string("exact") { $0.decimal(lineExact, scale: digits + 6, decimals: digits) }
            switch tax.rounding {
            case .line:
                $0.string("arithmetic") { writeTaxation(of: amountMinor, as: taxMinor, into: &$0) }
            case .invoice:
                $0.object("invoice") {
                    $0.string("arithmetic") {
                        writeTaxation(of: invoice.netMinor, as: invoice.taxMinor, into: &$0)
                    }
                    $0.money("net", invoice.netMinor, invoice.currency)
                    $0.money("tax", invoice.taxMinor, invoice.currency)
                    $0.string("allocation") { $0.plain("largest_remainder") }
                }
            }
            $0.money("amount", taxMinor, invoice.currency)
        }
    }

    private func write(policies json: inout JSONBytes) {
        for policy in policies { policy.write(into: &json) }
    }

    private func writeReason(into json: inout JSONBytes) {
        switch tax.reason {
        case .countryRate(let country, let name):
            json.string("reason") { $0.plain("country_rate") }
            json.string("country", country.text)
            json.string("name", name)
        case .exempt:
            json.string("reason") { $0.plain("customer_exempt") }
        case .noRate(let country):
            json.string("reason") { $0.plain("no_rate_for_country") }
            json.string("country", country.text)
        }
    }

    private func writeTaxation(of netMinor: Int64, as taxMinor: Int64, into json: inout JSONBytes) {
        let rate = tax.rate
        json.decimal(Int128(netMinor), scale: digits, decimals: digits)
        json.plain(" * ")
        json.decimal(Int128(rate.ratePPM), scale: 4, decimals: 0)
        json.plain(" %")
        json.result(rate.exactTax(onMinor: netMinor), scale: digits + 6, rounded: taxMinor, digits: digits)
    }

    private var taxNameLength: Int {
        if case .countryRate(_, let name) = tax.reason { name.utf8.count } else { 0 }
    }

    private var digits: Int { invoice.currency.exponent }

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
