package import Kernel

/// A price with everything that a contract may add to its model.
package struct Pricing: Hashable, Sendable {
    package let currency: Currency
    package let model: PriceModel
    /// The first units of a term cost nothing; tiers and packages begin behind them.
    package var included = Quantity(micros: 0)
    package var feeAtZero = true
    /// Charged at least, and at most, in minor units for the whole term.
    package var minimumMinor: Int64?
    package var maximumMinor: Int64?
    package var setUpMinor: Int64 = 0
    package var rounding = Rounding.halfUp

    package init(_ model: PriceModel, in currency: Currency) {
        self.model = model
        self.currency = currency
    }

    /// What `quantity`, the units of the term so far, costs.
    ///
    /// With `billed`, the units that a line of the same term has billed, only what is new: the rounded price
    /// of all less the rounded price of what was billed, so that the lines of a term add up to its price.
    /// Never the price of the difference, which would begin at the first tier each time. A minimum counts
    /// with the last line only, the set-up fee with the first.
    package func quote(
        _ quantity: Quantity, billed: Quantity? = nil, isLast: Bool = true
    ) throws(PriceModelError) -> PriceQuote {
        if billed != nil || !isLast, case .volume = model { throw .volumeIsNotProgressive }
        let whole = try spend(quantity, isLast: isLast)
        var before: Spend?
        if let billed { before = try spend(billed, isLast: false) }
        do {
            return PriceQuote(
                steps: whole.steps, exact: whole.exact,
                amountMinor: try difference(whole.amountMinor, before?.amountMinor ?? 0),
                trueUpMinor: whole.trueUpMinor,
                reductionMinor: try difference(whole.reductionMinor, before?.reductionMinor ?? 0),
                setUpMinor: billed == nil ? setUpMinor : 0)
        } catch {
            throw .overflow
        }
    }

    private func spend(_ quantity: Quantity, isLast: Bool) throws(PriceModelError) -> Spend {
        let chargeable = Quantity(micros: max(0, quantity.micros - included.micros))
        let steps = try model.steps(for: chargeable, feeAtZero: feeAtZero)
        do {
            var exact = Fraction.zero
            for step in steps { exact = try exact + step.exact }
            let amount = try exact.minor(of: currency, rounding)
            return Spend(
                steps: steps, exact: exact, amountMinor: amount,
                trueUpMinor: isLast ? max(0, try difference(minimumMinor ?? amount, amount)) : 0,
                reductionMinor: min(0, try difference(maximumMinor ?? amount, amount)))
        } catch {
            throw .overflow
        }
    }
}

private func difference(_ left: Int64, _ right: Int64) throws(MoneyError) -> Int64 {
    let (difference, overflow) = left.subtractingReportingOverflow(right)
    if overflow { throw .overflow }
    return difference
}

/// What some units cost.
private struct Spend {
    let steps: [PriceStep]
    let exact: Fraction
    let amountMinor: Int64
    let trueUpMinor: Int64
    let reductionMinor: Int64
}

/// The lines that a price gives, in minor units. Their sum is what is charged.
package struct PriceQuote: Hashable, Sendable {
    package let steps: [PriceStep]
    /// The sum of the steps, in whole units of the currency, before rounding.
    package let exact: Fraction
    /// The same rounded, less what was billed before.
    package let amountMinor: Int64
    /// What is missing to the minimum, not negative.
    package let trueUpMinor: Int64
    /// What is above the maximum, not positive.
    package let reductionMinor: Int64
    package let setUpMinor: Int64

    /// Nil when the sum does not fit into 64 bits.
    package var totalMinor: Int64? {
        Int64(
            exactly: [amountMinor, trueUpMinor, reductionMinor, setUpMinor].reduce(Int128(0)) {
                $0 + Int128($1)
            })
    }
}
