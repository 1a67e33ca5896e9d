import Foundation
import Kernel
import Seeds
import Testing

@Suite("Money")
struct MoneyTests {
    static let amounts: [(text: String, currency: String, minor: Int64)] = [
        ("4.99", "EUR", 499), ("0.00", "EUR", 0), ("-0.01", "EUR", -1), ("-12.50", "EUR", -1250),
        ("1200", "JPY", 1200), ("0", "JPY", 0), ("-7", "JPY", -7),
        ("1.697", "KWD", 1697), ("0.005", "KWD", 5), ("-0.999", "KWD", -999),
        ("1.0001", "CLF", 10_001), ("0.0001", "CLF", 1),
        ("92233720368547758.07", "EUR", .max), ("-92233720368547758.08", "EUR", .min),
        ("9223372036854775807", "JPY", .max), ("-9223372036854775808", "JPY", .min),
        ("922337203685477.5807", "CLF", .max), ("-922337203685477.5808", "CLF", .min),
    ]

    @Test("An amount is written in its currency's digits and read back", arguments: amounts)
    func decimal(text: String, currency: String, minor: Int64) throws {
        let currency = try #require(Currency(currency))
        #expect(try Money(decimal: text, currency).amountMinor == minor)
        #expect(Money(minor, currency).decimal == text)
    }

    static let otherSpellings: [(text: String, currency: String, minor: Int64)] = [
        ("4.9", "EUR", 490), ("4", "EUR", 400), ("007", "EUR", 700), ("-0", "EUR", 0), ("-0.0", "EUR", 0),
        ("0000000000000000000000000001", "JPY", 1), ("1.5", "KWD", 1500),
    ]

    @Test("Fewer digits than the currency has are fine", arguments: otherSpellings)
    func spelling(text: String, currency: String, minor: Int64) throws {
        #expect(try Money(decimal: text, #require(Currency(currency))).amountMinor == minor)
    }

    static let refusals: [(text: String, currency: String, error: DecimalError)] = [
        ("", "EUR", .notANumber), ("-", "EUR", .notANumber), (".", "EUR", .notANumber),
        (".5", "EUR", .notANumber), ("5.", "EUR", .notANumber), ("+5", "EUR", .notANumber),
        ("--5", "EUR", .notANumber),
        ("1,234.00", "EUR", .notANumber), ("1.234,00", "EUR", .notANumber), ("1e3", "EUR", .notANumber),
        ("0x10", "EUR", .notANumber), (" 1", "EUR", .notANumber), ("1 ", "EUR", .notANumber),
        ("4.99 EUR", "EUR", .notANumber), ("1.2.3", "EUR", .notANumber), ("٤", "EUR", .notANumber),
        ("NaN", "EUR", .notANumber), ("−5", "EUR", .notANumber),
        ("54.899", "EUR", .tooManyDecimals(allowed: 2)), ("4.990", "EUR", .tooManyDecimals(allowed: 2)),
        ("8782.5", "JPY", .tooManyDecimals(allowed: 0)), ("1.0000", "KWD", .tooManyDecimals(allowed: 3)),
        ("1.00000", "CLF", .tooManyDecimals(allowed: 4)),
        ("99999999999999999999", "USD", .overflow), ("92233720368547758.08", "EUR", .overflow),
        ("-92233720368547758.09", "EUR", .overflow), ("9223372036854775808", "JPY", .overflow),
        ("922337203685477.5808", "CLF", .overflow),
    ]

    @Test("What is not a plain decimal of the currency is refused with the reason", arguments: refusals)
    func refused(text: String, currency: String, error: DecimalError) throws {
        let currency = try #require(Currency(currency))
        #expect(throws: error) { try Money(decimal: text, currency) }
        #expect(!error.description.isEmpty)
    }

    @Test("Adding and subtracting never wrap and never mix currencies")
    func sums() throws {
        let euro = try #require(Currency("EUR"))
        let yen = try #require(Currency("JPY"))
        #expect(try Money(5, euro) + Money(-7, euro) == Money(-2, euro))
        #expect(try Money(5, euro) - Money(7, euro) == Money(-2, euro))
        #expect(throws: MoneyError.overflow) { try Money(.max, euro) + Money(1, euro) }
        #expect(throws: MoneyError.overflow) { try Money(.min, euro) + Money(-1, euro) }
        #expect(throws: MoneyError.overflow) { try Money(.min, euro) - Money(1, euro) }
        #expect(throws: MoneyError.overflow) { try Money(0, euro) - Money(.min, euro) }
        #expect(throws: MoneyError.currencyMismatch) { try Money(1, euro) + Money(1, yen) }
        #expect(throws: MoneyError.currencyMismatch) { try Money(1, euro) - Money(1, yen) }
    }

    @Test("Products are exact in between and rounded once")
    func products() throws {
        let euro = try #require(Currency("EUR"))
        let oneAndAHalf = try Quantity(decimal: "1.5")
        #expect(try Money(499, euro).times(oneAndAHalf, rounding: .halfUp) == Money(749, euro))
        #expect(try Money(499, euro).times(oneAndAHalf, rounding: .halfEven) == Money(748, euro))
        #expect(try Money(-499, euro).times(oneAndAHalf, rounding: .halfUp) == Money(-749, euro))
        #expect(try Money(-499, euro).times(oneAndAHalf, rounding: .down) == Money(-749, euro))
        #expect(try Money(.max, euro).times(.one, rounding: .halfUp) == Money(.max, euro))
        #expect(try Money(.max, euro).times(.max, over: .max, rounding: .halfUp) == Money(.max, euro))
        #expect(try Money(1000, euro).times(17, over: 31, rounding: .halfUp) == Money(548, euro))
        #expect(throws: MoneyError.overflow) { try Money(.max, euro).times(oneAndAHalf, rounding: .halfUp) }
        #expect(throws: MoneyError.overflow) { try Money(.min, euro).times(-1, over: 1, rounding: .halfUp) }
    }

    static let splits: [(amount: Int64, weights: [Int64], parts: [Int64])] = [
        (100, [1, 1, 1], [34, 33, 33]), (-100, [1, 1, 1], [-34, -33, -33]), (101, [1, 1, 1], [34, 34, 33]),
        (100, [50, 30, 20], [50, 30, 20]), (5, [0, 0, 0], [5, 0, 0]), (0, [1, 2], [0, 0]), (7, [1], [7]),
        (1, [1, 2, 1], [0, 1, 0]), (2, [0, 1, 0, 1], [0, 1, 0, 1]), (10, [1, 0, 2], [3, 0, 7]),
        (.max, [.max, .max], [4_611_686_018_427_387_904, 4_611_686_018_427_387_903]),
        (.min, [1, 0], [.min, 0]),
    ]

    @Test("An amount is split by largest remainder, ties to the earlier part", arguments: splits)
    func split(amount: Int64, weights: [Int64], parts: [Int64]) throws {
        let yen = try #require(Currency("JPY"))
        #expect(try Money(amount, yen).split(by: weights).map(\.amountMinor) == parts)
    }

    @Test("The parts of a split add up, none is a whole unit off, and signs mirror", arguments: 1...40)
    func splitHolds(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let euro = try #require(Currency("EUR"))
        for _ in 0..<200 {
            let amount = Int64.random(in: -1_000_000...1_000_000, using: &random)
            let weights = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                Bool.random(using: &random) ? Int64.random(in: 0...1000, using: &random) : 1
            }
            let parts = try Money(amount, euro).split(by: weights).map(\.amountMinor)
            let total = weights.reduce(0, +)
            #expect(parts.reduce(0, +) == amount, "seed \(seed)")
            for (part, weight) in zip(parts, weights) where total > 0 {
                #expect(abs(part * total - amount * weight) < total, "seed \(seed): \(amount) by \(weights)")
            }
            let mirrored = try Money(-amount, euro).split(by: weights).map { -$0.amountMinor }
            #expect(mirrored == parts, "seed \(seed): \(amount) by \(weights)")
        }
    }

    @Test("Money in JSON is amount and currency; an unknown currency is refused")
    func json() throws {
        let data = Data(#"{"amount":1999,"currency":"EUR"}"#.utf8)
        let money = try JSONDecoder().decode(Money.self, from: data)
        #expect(money == Money(1999, try #require(Currency("EUR"))))
        let text = String(decoding: try JSONEncoder().encode([money]), as: UTF8.self)
        #expect(text.contains(#""amount":1999"#) && text.contains(#""currency":"EUR""#))
        for wrong in [
            #"{"amount":19.99,"currency":"EUR"}"#, #"{"amount":1,"currency":"EURO"}"#,
            #"{"amount":9223372036854775808,"currency":"EUR"}"#, #"{"amount":1}"#,
        ] {
            let data = Data(wrong.utf8)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Money.self, from: data) }
        }
    }
}
