import BillingMath
import Kernel
import Testing

@Suite("Which tax a line bears")
struct TaxBookTests {
    private static let day = "2026-07-01"

    /// `country region|- kind tax class day` of a sale by a German provider, and the category, the rate and
    /// the reason that are expected. A business is one with a valid tax number.
    static let german: [(sale: String, expected: String)] = [
        ("DE - consumer standard 2026-07-01", "S 19 country_rate"),
        ("DE - business standard 2026-07-01", "S 19 country_rate"),
        ("DE - consumer e_book 2026-07-01", "S 7 country_rate"),
        // The German rates of the second half of 2020
        ("DE - consumer standard 2020-06-30", "S 19 country_rate"),
        ("DE - consumer standard 2020-07-01", "S 16 country_rate"),
        ("DE - consumer e_book 2020-12-31", "S 5 country_rate"),
        ("DE - consumer standard 2021-01-01", "S 19 country_rate"),
        // A business elsewhere in the EU accounts for the tax; a consumer pays by the shop once there is one
        ("FR - business standard 2026-07-01", "AE 0 reverse_charge"),
        ("FR - consumer standard 2026-07-01", "S 20 country_rate"),
        ("FR - consumer standard 2021-06-30", "S 19 country_rate"),
        ("PL - consumer standard 2026-07-01", "O 0 no_rate_for_country"),
        // Registered in Switzerland since 2024, never in the United States
        ("CH - business standard 2026-07-01", "S 8.1 country_rate"),
        ("CH - consumer standard 2023-12-31", "G 0 export"),
        ("US NY consumer standard 2026-07-01", "G 0 export"),
        // Norway's scheme for suppliers from abroad is for consumers
        ("NO - consumer standard 2026-07-01", "S 25 country_rate"),
        ("NO - business standard 2026-07-01", "AE 0 reverse_charge"),
        ("DE - consumer outside_scope 2026-07-01", "O 0 outside_scope"),
        ("DE - exempt standard 2026-07-01", "E 0 customer_exempt"),
        ("DE - certified standard 2026-06-30", "E 0 exemption_certificate"),
        ("DE - certified standard 2026-07-01", "S 19 country_rate"),
        ("DE - consumer insurance 2026-07-01", "E 0 product_exempt"),
    ]

    @Test("A registered provider charges where it is registered, at the rate of the day", arguments: german)
    func registered(sale: String, expected: String) throws {
        let book = TaxBook(
            home: try Self.country("DE"),
            registrations: [
                TaxRegistration(try Self.country("DE")),
                TaxRegistration(
                    try Self.country("DE"), scheme: .oneStopShop, validity: try Self.from("2021-07-01")),
                TaxRegistration(try Self.country("CH"), validity: try Self.from("2024-01-01")),
                TaxRegistration(try Self.country("NO"), scheme: .simplified),
            ],
            rules: try [
                "DE - vat USt * 19 - -", "DE - vat USt * 16 2020-07-01 2020-12-31",
                "DE - vat USt e_book 7 - -",
                "DE - vat USt e_book 5 2020-07-01 2020-12-31", "FR - vat TVA * 20 - -",
                "CH - vat MWST * 8.1 2024-01-01 -", "CH - vat MWST * 7.7 - 2023-12-31",
                "NO - vat MVA * 25 - -", "DE - vat USt insurance exempt - -",
            ].map(Self.rule), taxesSmallSalesAtHome: true)
        #expect(try Self.decision(book, sale) == expected)
    }

    static let canadian: [(sale: String, expected: String)] = [
        ("CA QC consumer standard 2026-07-01", "S 14.975 rules"),
        ("CA ON consumer standard 2026-07-01", "S 13 rules"),
        ("CA AB consumer standard 2026-07-01", "S 5 country_rate"),
        ("CA - consumer standard 2026-07-01", "S 5 country_rate"),
        // QST stood upon the GST until the end of 2012: 5 + 9.5 × 1.05
        ("CA QC consumer standard 2012-12-31", "S 14.975 rules"),
        ("CA QC consumer groceries 2026-07-01", "Z 0 country_rate"),
    ]

    @Test("Taxes of a country and of its parts add up, and those of a part replace", arguments: canadian)
    func regions(sale: String, expected: String) throws {
        let book = TaxBook(
            home: try Self.country("CA"), registrations: [TaxRegistration(try Self.country("CA"))],
            rules: try [
                "CA - gst GST * 5 - -", "CA QC qst QST * 9.975 2013-01-01 -",
                "CA QC qst QST * 9.5* - 2012-12-31", "CA ON gst HST * 13 - -",
                "CA - gst GST groceries 0 - -", "CA QC qst QST groceries 0 - -",
            ].map(Self.rule))
        #expect(try Self.decision(book, sale) == expected)
    }

    static let others: [(registrations: [String], sale: String, expected: String)] = [
        // Without registrations everybody pays what the provider has for the country
        ([], "FR - business standard 2026-07-01", "S 20 country_rate"),
        ([], "PL - consumer standard 2026-07-01", "O 0 no_rate_for_country"),
        // A provider in New York that is registered in two states
        (["US NY standard"], "US NY consumer standard 2026-07-01", "S 8.875 rules"),
        (["US NY standard"], "US CA consumer standard 2026-07-01", "O 0 not_registered"),
        (["US NY standard"], "DE - consumer standard 2026-07-01", "G 0 export"),
        // § 19 UStG at home, reverse charge abroad all the same
        (["DE - small_enterprise"], "DE - consumer standard 2026-07-01", "E 0 small_enterprise"),
        (["DE - small_enterprise"], "FR - business standard 2026-07-01", "AE 0 reverse_charge"),
        (["DE - small_enterprise"], "FR - consumer standard 2026-07-01", "E 0 small_enterprise"),
        // Neither a shop nor small: the rate of where the consumer lives
        (["DE - standard"], "FR - consumer standard 2026-07-01", "S 20 country_rate"),
        (["DE - standard", "FR - standard"], "FR - consumer standard 2026-07-01", "S 20 country_rate"),
        (["DE - standard", "FR - standard"], "FR - business standard 2026-07-01", "AE 0 reverse_charge"),
    ]

    @Test("What is registered decides who pays", arguments: others)
    func registrations(_ row: (registrations: [String], sale: String, expected: String)) throws {
        let registrations = try row.registrations.map { text in
            let cells = text.split(separator: " ").map(String.init)
            return TaxRegistration(
                try Self.country(cells[0]), region: cells[1] == "-" ? nil : cells[1],
                scheme: try #require(TaxRegistration.Scheme(rawValue: cells[2])))
        }
        let book = TaxBook(
            home: try registrations.first?.country ?? Self.country("DE"), registrations: registrations,
            rules: try [
                "DE - vat USt * 19 - -", "FR - vat TVA * 20 - -", "US NY sales Sales_tax * 8.875 - -",
            ].map(Self.rule))
        #expect(try Self.decision(book, row.sale) == row.expected)
    }

    static let rates: [(sale: String, expected: String)] = [
        ("DE - consumer standard 2026-07-01", "S 19 country_rate"),
        ("DE - consumer e_book 2026-07-01", "S 7 country_rate"),
        ("AT - consumer e_book 2026-07-01", "S 20 country_rate"),
        ("AT - exempt standard 2026-07-01", "E 0 customer_exempt"),
        ("FR - consumer standard 2026-07-01", "O 0 no_rate_for_country"),
    ]

    @Test("Where no rule fits, the rate of the country counts", arguments: rates)
    func generalRates(sale: String, expected: String) throws {
        let book = TaxBook(
            home: try Self.country("DE"), registrations: [],
            rules: [try Self.rule("DE - vat USt e_book 7 - -")],
            rates: try ["DE - general USt * 19 - -", "AT - general USt * 20 - -"].map(Self.rule))
        #expect(try Self.decision(book, sale) == expected)
    }

    private static func decision(_ book: TaxBook, _ sale: String) throws -> String {
        let cells = sale.split(separator: " ").map(String.init)
        let certificate = TaxBuyer.Certificate(
            number: "X-1", country: nil, validity: Validity(from: nil, through: try Day(row: "2026-06-30")))
        let buyer = TaxBuyer(
            country: try country(cells[0]), region: cells[1] == "-" ? nil : cells[1],
            isBusiness: cells[2] == "business", isExempt: cells[2] == "exempt",
            certificates: cells[2] == "certified" ? [certificate] : [])
        let tax = book.tax(
            on: try taxClass(cells[3]), for: buyer, on: try Day(row: cells[4]))
        return "\(tax.category.rawValue) \(tax.rate.percent) \(tax.reason.name)"
    }

    /// `country region|- tax name class|* percent|exempt from|- through|-`; a percentage with `*` is
    /// compound.
    private static func rule(_ row: String) throws -> TaxRule {
        let cells = row.split(separator: " ").map(String.init)
        var terms = TaxRule.Terms()
        if cells[4] != "*" { terms.taxClass = try taxClass(cells[4]) }
        terms.isCompound = cells[5].hasSuffix("*")
        terms.place = cells[1] == "-" ? 0 : 1
        if cells[5] == "exempt" { terms.zeroMeans = .exempt }
        terms.validity = Validity(
            from: cells[6] == "-" ? nil : try Day(row: cells[6]),
            through: cells[7] == "-" ? nil : try Day(row: cells[7]))
        let percent = cells[5] == "exempt" ? "0" : cells[5].replacing("*", with: "")
        return TaxRule(
            try country(cells[0]), region: cells[1] == "-" ? nil : cells[1], tax: cells[2], name: cells[3],
            rate: try TaxRate(percent: percent), terms: terms)
    }

    private static func taxClass(_ text: String) throws -> TaxClass {
        let parsed: TaxClass? = TaxClass(text)
        return try #require(parsed)
    }

    private static func from(_ day: String) throws -> Validity {
        Validity(from: try Day(row: day), through: nil)
    }

    private static func country(_ code: String) throws -> CountryCode {
        try #require(CountryCode(code))
    }
}
