import Kernel

/// What discounts took off the price of a whole term, as explanations tell it.
struct DiscountsExplanation {
    private let pricedMinor: Int64
    private let discountedMinor: Int64
    private let taken: [TakenDiscount]
    private let currency: Currency

    /// Nil where nothing was taken off.
    init?(of charge: Charge, in currency: Currency) {
        guard !charge.discounts.isEmpty else { return nil }
        pricedMinor = charge.wholeMinor
        discountedMinor = charge.discountedMinor
        taken = charge.discounts
        self.currency = currency
    }

    /// At least as many bytes as `write` takes: ids, amounts and fractions are bounded, names are not.
    var longestJSON: Int {
        taken.reduce(128) { $0 + 768 + 6 * ($1.discount.id.utf8.count + $1.discount.name.utf8.count) }
    }

    func write(into json: inout JSONBytes) {
        var left = pricedMinor
        json.array("discounts", count: taken.count) { json, place in
            write(taken[place], off: left, into: &json)
            left -= taken[place].amountMinor
        }
        json.money("discounted_price", discountedMinor, currency)
    }

    private func write(_ taken: TakenDiscount, off leftMinor: Int64, into json: inout JSONBytes) {
        json.string("discount", taken.discount.id)
        json.string("name", taken.discount.name)
        switch taken.offered {
        case .percent(let percent): json.string("percentage", percent.text)
        case .amount(let offered): json.money("offered", offered, currency)
        }
        json.string("arithmetic", arithmetic(taken, off: leftMinor))
        json.money("amount", taken.amountMinor, currency)
    }

    /// `31.00 * 12.5 % = 3.875, rounded 3.88`, or for an amount `at most 5.00 of 31.00 = 5.00`.
    private func arithmetic(_ taken: TakenDiscount, off leftMinor: Int64) -> String {
        let left = Money(leftMinor, currency).decimal
        let amount = Money(taken.amountMinor, currency).decimal
        switch taken.offered {
        case .amount(let offered):
            return "at most \(Money(offered, currency).decimal) of \(left) = \(amount)"
        case .percent(let percent):
            let product = "\(left) * \(percent.text) %"
            let share = try? Fraction(leftMinor, of: currency) * Fraction(percent)
            guard let exact = try? share.map({ try $0 * Fraction(1, over: 100) }) else {
                return "\(product), rounded \(amount)"
            }
            return exact == Fraction(taken.amountMinor, of: currency)
                ? "\(product) = \(amount)" : "\(product) = \(exact), rounded \(amount)"
        }
    }
}
