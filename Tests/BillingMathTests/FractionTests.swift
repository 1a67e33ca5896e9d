import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Exact fractions")
struct FractionTests {
    @Test(
        "are shown as decimals where those end, and in lowest terms else",
        arguments: [
            (6, 4, "1.5"), (-6, 4, "-1.5"), (6, -4, "-1.5"), (0, -7, "0"), (1, 3, "1/3"), (-10, 30, "-1/3"),
            (5, 1, "5"), (1, 1_000_000, "0.000001"), (-1, 8, "-0.125"), (1234, 31, "1234/31"),
        ] as [(Int128, Int128, String)])
    func shown(numerator: Int128, denominator: Int128, text: String) {
        #expect("\(Fraction(numerator, over: denominator))" == text)
        #expect(Fraction(text) == Fraction(numerator, over: denominator))
    }

    @Test(
        "are read as they are shown, and nothing else is",
        arguments: [
            ("9223372036854.775807", true), ("1.50", true), ("-10/30", true), ("0.000000000000000001", true),
            ("170141183460469231731687303715884105727", true),
            ("170141183460469231731687303715884105728", false),
            ("-170141183460469231731687303715884105728", false), ("", false), ("-", false), ("1/0", false),
            ("1/-3", false), ("1.5/3", false), ("1/3/5", false), ("1.", false), (".5", false), ("+1", false),
            ("1e3", false), (" 1", false), ("1,5", false), ("１", false), ("0.0000000000000000001", false),
        ])
    func read(text: String, isFraction: Bool) throws {
        let fraction = Fraction(text)
        #expect((fraction != nil) == isFraction)
        if let fraction { #expect(Fraction("\(fraction)") == fraction) }
    }

    @Test("round once, in the currency's own minor unit")
    func rounded() throws {
        let half = Fraction(try #require(ExactDecimal("1.0005")))
        // 100.05 cents, 1.0005 yen, 1000.5 fils, 10005 ten-thousandths.
        for (code, amount) in [("EUR", 100), ("JPY", 1), ("KWD", 1001), ("CLF", 10_005)] as [(String, Int64)]
        {
            let currency = try #require(Currency(code))
            #expect(try half.minor(of: currency, .halfUp) == amount, "\(code)")
            #expect(
                Fraction(amount, of: currency) == Fraction(Int128(amount), over: power(currency.exponent)))
        }
        let kuwait = try #require(Currency("KWD"))
        #expect(try half.minor(of: kuwait, .halfEven) == 1000)
        #expect(try half.minor(of: kuwait, .down) == 1000)
    }

    @Test("that do not fit are an error, never another number")
    func overflow() throws {
        let huge = Fraction(.max, over: 1)
        #expect(throws: MoneyError.overflow) { try huge + Fraction(1) }
        #expect(throws: MoneyError.overflow) { try huge * Fraction(2) }
        #expect(throws: MoneyError.overflow) { try huge.minor(of: #require(Currency("EUR")), .halfUp) }
        #expect(throws: MoneyError.overflow) {
            try Fraction(.max).minor(of: #require(Currency("EUR")), .halfUp)
        }
        #expect(try Fraction(.max).minor(of: #require(Currency("JPY")), .halfUp) == .max)
    }

    @Test("keep the laws of arithmetic", arguments: seeds)
    func laws(seed: UInt64) throws {
        var random = Seeded(seed)
        func any() -> Fraction {
            Fraction(
                Int128(Int64.random(in: -1_000_000...1_000_000, using: &random)),
                over: Int128(Int64.random(in: 1...100_000, using: &random)))
        }
        for _ in 0..<250 {
            let (a, b, c) = (any(), any(), any())
            #expect(try a + b == b + a && a * b == b * a, "seed \(seed)")
            #expect(try (a + b) + c == a + (b + c), "seed \(seed)")
            #expect(try (a + b) * c == a * c + b * c, "seed \(seed)")
        }
    }

    private func power(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
