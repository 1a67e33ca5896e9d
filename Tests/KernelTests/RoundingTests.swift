import Kernel
import Seeds
import Testing

@Suite("Rounding")
struct RoundingTests {
    static let quotients: [(dividend: Int64, divisor: Int64, halfUp: Int64, halfEven: Int64, down: Int64)] = [
        (5, 2, 3, 2, 2), (7, 2, 4, 4, 3), (-5, 2, -3, -2, -3), (-7, 2, -4, -4, -4), (5, -2, -3, -2, -3),
        (-5, -2, 3, 2, 2), (4, 2, 2, 2, 2), (0, 7, 0, 0, 0), (1, 3, 0, 0, 0), (2, 3, 1, 1, 0),
        (-1, 3, 0, 0, -1), (-2, 3, -1, -1, -1), (1, 2, 1, 0, 0), (-1, 2, -1, 0, -1), (3, 2, 2, 2, 1),
        (.max, 1, .max, .max, .max), (.min, 1, .min, .min, .min),
        (.max, 2, 4_611_686_018_427_387_904, 4_611_686_018_427_387_904, 4_611_686_018_427_387_903),
        (.max, .max, 1, 1, 1), (.min, .max, -1, -1, -2), (.max, .min, -1, -1, -1), (.min, .min, 1, 1, 1),
        (1, .min, 0, 0, -1), (1, .max, 0, 0, 0), (.min, 2, .min / 2, .min / 2, .min / 2),
    ]

    @Test("A half goes away from zero, to the even, or everything goes down", arguments: quotients)
    func table(dividend: Int64, divisor: Int64, halfUp: Int64, halfEven: Int64, down: Int64) {
        #expect(Rounding.halfUp.divide(dividend, by: divisor) == halfUp)
        #expect(Rounding.halfEven.divide(dividend, by: divisor) == halfEven)
        #expect(Rounding.down.divide(dividend, by: divisor) == down)
    }

    @Test("Every width gives what exact comparison in 128 bits gives", arguments: 1...20)
    func reference(seed: Int) {
        var random = Seeded(UInt64(seed))
        for _ in 0..<500 {
            let shift = Int.random(in: 0...62, using: &random)
            let otherShift = Int.random(in: 0...62, using: &random)
            let dividend = Int64.random(in: .min ... .max, using: &random) >> otherShift
            let divisor = Int64.random(in: 2...(.max), using: &random) >> shift
            guard divisor > 0 else { continue }
            for rounding in Rounding.allCases {
                let quotient = Int128(rounding.divide(dividend, by: divisor))
                #expect(
                    isRight(quotient, of: Int128(dividend), by: Int128(divisor), rounding),
                    "seed \(seed): \(dividend) / \(divisor)")
                let negated = rounding.divide(-Int128(dividend), by: -Int128(divisor))
                #expect(negated == quotient, "seed \(seed): \(dividend) / \(divisor)")
                #expect(rounding.divide(Int(dividend), by: Int(divisor)) == Int(quotient), "seed \(seed)")
            }
        }
    }

    @Test("Products wider than 64 bits are divided exactly", arguments: 1...20)
    func wide(seed: Int) {
        var random = Seeded(UInt64(seed))
        for _ in 0..<500 {
            let left = Int64.random(in: .min ... .max, using: &random)
            let right = Int64.random(in: .min ... .max, using: &random)
            let product = Int128(left) * Int128(right)
            for rounding in Rounding.allCases {
                let quotient = rounding.divide(product, by: 1_000_000)
                let isExact = isRight(quotient, of: product, by: 1_000_000, rounding)
                #expect(isExact, "seed \(seed): \(left) × \(right)")
            }
        }
    }

    /// Says what each rounding means by comparing, without dividing.
    private func isRight(
        _ quotient: Int128, of dividend: Int128, by divisor: Int128, _ rounding: Rounding
    ) -> Bool {
        let error = dividend - quotient * divisor
        switch rounding {
        case .down: return error >= 0 && error < divisor
        case .halfUp:
            if abs(error) * 2 == divisor { return error.signum() == -dividend.signum() }
            return abs(error) * 2 < divisor
        case .halfEven:
            return abs(error) * 2 < divisor || (abs(error) * 2 == divisor && quotient.isMultiple(of: 2))
        }
    }
}
