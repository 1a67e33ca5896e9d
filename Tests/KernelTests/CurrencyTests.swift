import Kernel
import Testing

@Suite("Currencies")
struct CurrencyTests {
    static let exponents: [(code: String, exponent: Int)] = [
        ("EUR", 2), ("USD", 2), ("CHF", 2), ("ISK", 0), ("JPY", 0), ("KRW", 0), ("CLP", 0), ("KWD", 3),
        ("BHD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("XCG", 2),
    ]

    @Test("A currency knows its digits and shows its code", arguments: exponents)
    func exponent(code: String, exponent: Int) throws {
        let currency = try #require(Currency(code))
        #expect(currency.exponent == exponent)
        #expect(currency.code == code)
        #expect(currency.description == code)
    }

    @Test(
        "Only active codes in capitals are currencies",
        arguments: [
            "", "eur", "EURO", "EU", "XDR", "XTS", "XAU", "DEM", "BGN", "HRK", "ÉUR", "XXQ", " EUR",
            "EUR\u{0}",
        ])
    func refused(code: String) {
        #expect(Currency(code) == nil)
    }

    @Test("Currencies are in the order of the alphabet")
    func order() {
        let codes = ["USD", "EUR", "JPY", "AED", "KWD", "ZMW", "EGP"]
        #expect(codes.compactMap { Currency($0) }.sorted().map(\.code) == codes.sorted())
    }
}
