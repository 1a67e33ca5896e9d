/// How a quotient that is not whole becomes an integer. Every division of an amount names one of these.
package enum Rounding: String, Codable, Sendable, CaseIterable {
    /// To the nearest; a half goes away from zero: 2.5 → 3, −2.5 → −3. The default for money.
    case halfUp = "half_up"
    /// To the nearest; a half goes to the even neighbour: 2.5 → 2, 3.5 → 4.
    case halfEven = "half_even"
    /// Towards negative infinity: −2.1 → −3.
    case down

    /// `dividend / divisor` as a whole number. The divisor must not be zero, and the quotient must fit.
    package func divide(_ dividend: Int, by divisor: Int) -> Int {
        quotient(of: dividend, by: divisor)
    }

    /// `dividend / divisor` as a whole number. The divisor must not be zero, and the quotient must fit.
    package func divide(_ dividend: Int64, by divisor: Int64) -> Int64 {
        quotient(of: dividend, by: divisor)
    }

    /// `dividend / divisor` as a whole number. The divisor must not be zero, and the quotient must fit.
    package func divide(_ dividend: Int128, by divisor: Int128) -> Int128 {
        // 64 bits divide many times faster, and nearly every amount fits.
        if let dividend = Int64(exactly: dividend), let divisor = Int64(exactly: divisor), divisor > 0 {
            return Int128(quotient(of: dividend, by: divisor))
        }
        return quotient(of: dividend, by: divisor)
    }

    // Generic only inside: a generic function called from another target is not specialised, and ten times
    // slower.
    private func quotient<Integer: FixedWidthInteger & SignedInteger>(
        of dividend: Integer, by divisor: Integer
    ) -> Integer {
        precondition(divisor != 0, "a division names a divisor other than zero")
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        if remainder == 0 { return quotient }
        let away: Integer = (dividend < 0) == (divisor < 0) ? 1 : -1
        switch self {
        case .down:
            return away < 0 ? quotient - 1 : quotient
        case .halfUp, .halfEven:
            // Compare the remainder with what is missing to the next whole: doubling it could overflow.
            let over = remainder.magnitude
            let missing = divisor.magnitude - over
            if over > missing { return quotient + away }
            if over < missing { return quotient }
            return self == .halfUp || !quotient.isMultiple(of: 2) ? quotient + away : quotient
        }
    }
}
