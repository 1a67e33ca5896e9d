/// An amount in minor units of one currency: 19.99 EUR is 1999. There is no fraction of a minor unit in it,
/// ever.
package struct Money: Hashable, Sendable, Codable {
    package let amountMinor: Int64
    package let currency: Currency

    package init(_ amountMinor: Int64, _ currency: Currency) {
        self.amountMinor = amountMinor
        self.currency = currency
    }

    private enum CodingKeys: String, CodingKey {
        case amountMinor = "amount"
        case currency
    }

    package static func + (left: Money, right: Money) throws -> Money {
        try left.requireSameCurrency(right)
        let (sum, overflow) = left.amountMinor.addingReportingOverflow(right.amountMinor)
        if overflow { throw MoneyError.overflow }
        return Money(sum, left.currency)
    }

    package static func - (left: Money, right: Money) throws -> Money {
        try left.requireSameCurrency(right)
        let (difference, overflow) = left.amountMinor.subtractingReportingOverflow(right.amountMinor)
        if overflow { throw MoneyError.overflow }
        return Money(difference, left.currency)
    }

    /// `self × quantity`, rounded once. 4.99 EUR × 1.5 is 748.5 minor units, half-up 749.
    package func times(_ quantity: Quantity, rounding: Rounding) throws -> Money {
        let product = Int128(amountMinor) * Int128(quantity.micros)
        return Money(try Money.narrow(rounding.divide(product, by: Int128(Quantity.one.micros))), currency)
    }

    /// `self × numerator / denominator`, rounded once.
    package func times(_ numerator: Int64, over denominator: Int64, rounding: Rounding) throws -> Money {
        let product = Int128(amountMinor) * Int128(numerator)
        return Money(try Money.narrow(rounding.divide(product, by: Int128(denominator))), currency)
    }

    private func requireSameCurrency(_ other: Money) throws(MoneyError) {
        if currency != other.currency { throw .currencyMismatch }
    }

    private static func narrow(_ wide: Int128) throws(MoneyError) -> Int64 {
        guard let amount = Int64(exactly: wide) else { throw .overflow }
        return amount
    }
}

package enum MoneyError: Error, Equatable {
    /// The exact result does not fit into 64 bits.
    case overflow
    case currencyMismatch
}

extension Money {
    /// Parses `4.99`, `-0.5` or `1200`: digits with at most the currency's decimals, no sign but `-`, no
    /// exponent, no thousands separator. Throws a `DecimalError` that says what is wrong.
    package init(decimal text: String, _ currency: Currency) throws(DecimalError) {
        self.init(try DecimalText.parse(text, decimals: currency.exponent), currency)
    }

    /// The amount in the currency's own digits, with a point: `4.99`, `1200`, `1.697`.
    package var decimal: String {
        DecimalText.format(amountMinor, decimals: currency.exponent)
    }
}

extension Money {
    /// Splits into parts in proportion to `weights`, by largest remainder: the parts always sum to the whole.
    /// Ties go to the earlier part. Weights are not negative; when all are zero, the first part takes
    /// everything.
    ///
    /// 100 by [1, 1, 1] is [34, 33, 33].
    package func split(by weights: [Int64]) throws -> [Money] {
        try amountMinor.split(by: weights).map { Money($0, currency) }
    }
}

extension Int64 {
    /// The same of a bare amount in minor units.
    package func split(by weights: [Int64]) throws(MoneyError) -> [Int64] {
        guard !weights.isEmpty else { throw .overflow }
        let total = weights.reduce(Int128(0)) { $0 + Int128($1) }
        if total == 0 { return weights.indices.map { $0 == 0 ? self : 0 } }
        var parts: [Int64] = []
        var remainders: [(index: Int, size: Int128)] = []
        var rest = self
        for (index, weight) in weights.enumerated() {
            let product = Int128(self) * Int128(weight)
            let (quotient, remainder) = product.quotientAndRemainder(dividingBy: total)
            guard let part = Int64(exactly: quotient) else { throw .overflow }
            parts.append(part)
            rest -= part
            remainders.append((index, abs(remainder)))
        }
        let step: Int64 = rest < 0 ? -1 : 1
        remainders.sort { $0.size != $1.size ? $0.size > $1.size : $0.index < $1.index }
        for place in 0..<Int(rest.magnitude) { parts[remainders[place].index] += step }
        return parts
    }
}
