package import Kernel

/// A rational number in lowest terms: what an amount is before it is rounded.
///
/// Arithmetic never loses anything: a result whose terms do not fit into 128 bits is an error.
package struct Fraction: Hashable, Sendable {
    package let numerator: Int128
    /// Above zero.
    package let denominator: Int128

    package static let zero = Fraction(0)

    package init(_ whole: Int64) {
        numerator = Int128(whole)
        denominator = 1
    }

    /// The denominator must not be zero, nor either the least number that there is.
    package init(_ numerator: Int128, over denominator: Int128) {
        precondition(denominator != 0, "a fraction has a denominator other than zero")
        let divisor = Fraction.commonDivisor(numerator, denominator) * (denominator < 0 ? -1 : 1)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    package init(_ decimal: ExactDecimal) {
        self.init(Int128(decimal.units), over: Fraction.powerOfTen(decimal.scale))
    }

    package init(_ quantity: Quantity) {
        self.init(Int128(quantity.micros), over: Int128(Quantity.one.micros))
    }

    /// An amount in whole units of its currency: 1999 minor units of EUR are 19.99.
    package init(_ amountMinor: Int64, of currency: Currency) {
        self.init(Int128(amountMinor), over: Fraction.powerOfTen(currency.exponent))
    }

    package static func + (left: Fraction, right: Fraction) throws(MoneyError) -> Fraction {
        let divisor = commonDivisor(left.denominator, right.denominator)
        let sum = try add(
            multiply(left.numerator, right.denominator / divisor),
            multiply(right.numerator, left.denominator / divisor))
        return Fraction(sum, over: try multiply(left.denominator / divisor, right.denominator))
    }

    package static func * (left: Fraction, right: Fraction) throws(MoneyError) -> Fraction {
        // Reduced crosswise first, so that only a result that is too large overflows.
        let first = Fraction(left.numerator, over: right.denominator)
        let second = Fraction(right.numerator, over: left.denominator)
        return Fraction(
            try multiply(first.numerator, second.numerator),
            over: try multiply(first.denominator, second.denominator))
    }

    package func isAtMost(_ whole: Int64) -> Bool {
        let (product, overflow) = denominator.multipliedReportingOverflow(by: Int128(whole))
        return overflow ? whole > 0 : numerator <= product
    }

    /// In minor units, rounded once: 5.985 EUR half-up is 599. Throws `MoneyError.overflow` beyond 64 bits.
    package func minor(of currency: Currency, _ rounding: Rounding) throws(MoneyError) -> Int64 {
        let scaled = try self * Fraction(Fraction.powerOfTen(currency.exponent), over: 1)
        guard let amount = Int64(exactly: rounding.divide(scaled.numerator, by: scaled.denominator)) else {
            throw .overflow
        }
        return amount
    }

    private static func commonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
        var (larger, smaller) = (left.magnitude, right.magnitude)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return Int128(larger)
    }

    private static func multiply(_ left: Int128, _ right: Int128) throws(MoneyError) -> Int128 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        if overflow { throw .overflow }
        return product
    }

    private static func add(_ left: Int128, _ right: Int128) throws(MoneyError) -> Int128 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { throw .overflow }
        return sum
    }

    fileprivate static func powerOfTen(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

extension Fraction: LosslessStringConvertible {
    /// Reads what `description` writes: `-0.51849`, `1234/31`. Nil for anything else, and beyond 128 bits.
    package init?(_ text: String) {
        guard let terms = text.wholeMatch(of: /(-?[0-9]+)(?:\.([0-9]{1,18})|\/([0-9]+))?/)?.output,
            let numerator = Int128(terms.1 + (terms.2 ?? "")), numerator != .min,
            let denominator = terms.3.map({ Int128($0) }) ?? Fraction.powerOfTen(terms.2?.count ?? 0),
            denominator != 0
        else { return nil }
        self.init(numerator, over: denominator)
    }

    /// A decimal number where it ends within 18 places, else a fraction: `0.51849`, `1234/31`.
    package var description: String {
        for places in 0...18 {
            let power = Fraction.powerOfTen(places)
            guard power.isMultiple(of: denominator) else { continue }
            let (digits, overflow) = numerator.magnitude.multipliedReportingOverflow(
                by: (power / denominator).magnitude)
            if overflow { break }
            var text = String(digits)
            text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
            let sign = numerator < 0 ? "-" : ""
            return places == 0 ? sign + text : "\(sign)\(text.dropLast(places)).\(text.suffix(places))"
        }
        return "\(numerator)/\(denominator)"
    }
}
