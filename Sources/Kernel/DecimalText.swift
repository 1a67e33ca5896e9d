/// Why a piece of text is not the decimal number that was asked for. The descriptions are sentences for
/// people.
package enum DecimalError: Error, Equatable, CustomStringConvertible {
    case notANumber
    case tooManyDecimals(allowed: Int)
    case overflow

    package var description: String {
        switch self {
        case .notANumber:
            "is not a plain decimal number such as 4.99 (no thousands separator, no currency sign)"
        case .tooManyDecimals(let allowed): "has more than the allowed \(allowed) decimals"
        case .overflow: "is too large"
        }
    }
}

/// Decimal numbers as text ↔ integers of a fixed scale, exactly. No floating point on the way.
package enum DecimalText {
    /// `("4.9", decimals: 2)` is 490.
    package static func parse(_ text: String, decimals: Int) throws(DecimalError) -> Int64 {
        var digits = text.utf8[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty,
            parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } })
        else { throw .notANumber }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        if fraction.count > decimals { throw .tooManyDecimals(allowed: decimals) }

        var value: Int64 = 0
        for digit in Array(whole) + fraction + [UInt8](repeating: 48, count: decimals - fraction.count) {
            let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (next, overflowedAgain) = tenfold.subtractingReportingOverflow(Int64(digit - 48))
            if overflowed || overflowedAgain { throw .overflow }
            value = next
        }
        // Counted downwards, because the least Int64 has no positive twin.
        if negative { return value }
        guard value != .min else { throw .overflow }
        return -value
    }

    /// `(490, decimals: 2)` is `4.90`.
    package static func format(_ value: Int64, decimals: Int) -> String {
        let digits = value.magnitude.padded(decimals + 1)
        let sign = value < 0 ? "-" : ""
        if decimals == 0 { return sign + digits }
        return "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
    }
}
