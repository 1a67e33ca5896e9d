import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of tax by rules, registrations and exemptions")
struct TaxRuleStories {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = ["web,EUR,month,1,10.00,0.00"]
        provider.taxRounding = "rate"
        return provider
    }()

    private static func tell(
        _ body: @escaping @Sendable (Company, TestClient, Story) async throws -> Void
    ) async throws {
        try await Story.begin(provider) { company, staff in
            let customer = try #require(try await staff.pages("/v1/customers")[0]["id"].text)
            let story = try await Story.order("web", of: customer, company, staff)
            try await body(company, staff, story)
        }
    }

    @Test("a rate that changes counts from the day of issue on, and in arrears for terms that end behind it")
    func changedRate() async throws {
        try await Story.begin(Self.provider) { company, staff in
            try await staff.rule(["percent": "19", "valid_through": "2027-01-31"])
            try await staff.rule(["percent": "20", "valid_from": "2027-02-01"])
            try await staff.sellsInArrears("cpu", 3100)
            let customer = try #require(try await staff.pages("/v1/customers")[0]["id"].text)
            let story = try await Story.order("web", "cpu", of: customer, company, staff)
            try await story.on("2027-03-01")
            try await story.tells([
                // 10.00 × 19 %
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 190",
                // Issued in February: 10.00 × 20 %. January was over on its last day: 31.00 × 19 % = 5.89
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 1000 + 200",
                "2027-02-01: Product cpu, 2027-01-01–2027-02-01, 3100 + 589",
                // 31.00 × 20 % = 6.20
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 1000 + 200",
                "2027-03-01: Product cpu, 2027-02-01–2027-03-01, 3100 + 620",
            ])
            let february = try await staff.invoice(issuedOn: "2027-02-01")
            // Both rates stand on it: 2.00 of 10.00, and 5.89 of 31.00.
            #expect(
                february["taxes"].items.map(TestClient.subtotal) == [
                    "S USt 20: 1000 200 country_rate", "S USt 19: 3100 589 country_rate",
                ])
        }
    }

    @Test("who moves pays the tax of where they live from the next invoice on, through the One Stop Shop")
    func moves() async throws {
        try await Self.tell { company, staff, story in
            try await staff.registers(["country": "DE", "number": "DE123456788"])
            try await staff.registers(["country": "DE", "scheme": "oss"])
            try await staff.rule(["country": "FR", "name": "TVA", "percent": "20"])
            try await story.on("2027-01-20")
            try await staff.moves(story, to: "FR")
            try await story.on("2027-02-01")
            // Out of the European Union nothing is charged.
            try await staff.moves(story, to: "CH")
            try await story.on("2027-03-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 190",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 1000 + 200",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 1000 + 0",
            ])
            let march = try await staff.invoice(issuedOn: "2027-03-01")
            #expect(march["taxes"].items.map(TestClient.subtotal) == ["G - 0: 1000 0 export"])
            #expect(march["taxes"][0]["exemption_code"] == "VATEX-EU-G")
            #expect(march["lines"][0]["tax_category"] == "G")
        }
    }

    @Test("a business elsewhere in the EU accounts for the tax itself once it has told its VAT number")
    func reverseCharge() async throws {
        try await Self.tell { company, staff, story in
            try await staff.registers(["country": "DE"])
            try await staff.moves(story, to: "FR")
            try await story.on("2027-02-01")
            let customer = try await story.read()["customer_id"].text ?? ""
            let changed = try await staff.send(
                .patch, "/v1/customers/\(customer)",
                ["company_name": "Exemple SARL", "tax_id": "FR40303265045"])
            #expect(changed.status == 200, "\(changed.text)")
            try await story.on("2027-03-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 190",
                // A consumer of a provider without the One Stop Shop pays the rate of the provider's country.
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 1000 + 190",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 1000 + 0",
            ])
            let march = try await staff.invoice(issuedOn: "2027-03-01")
            #expect(march["taxes"].items.map(TestClient.subtotal) == ["AE - 0: 1000 0 reverse_charge"])
            let byHand = try await staff.made(
                "/v1/invoices",
                [
                    "customer_id": .string(customer), "currency": "EUR",
                    "lines": [
                        [
                            "description": "Work", "quantity": "1",
                            "unit_price": ["amount": 100, "currency": "EUR"],
                        ]
                    ],
                ])
            let draft = try await staff.send(.get, "/v1/invoices/\(byHand)").json
            #expect(draft["taxes"].items.map(TestClient.subtotal) == ["AE - 0: 100 0 reverse_charge"])
        }
    }

    @Test("who moved gets a term back at the tax that it bore")
    func movedThenLeft() async throws {
        try await Self.tell { company, staff, story in
            try await staff.rule(["country": "FR", "name": "TVA", "percent": "20"])
            try await staff.moves(story, to: "FR")
            try await story.on("2027-01-12")
            try await story.cancel(["when": "now", "credit": true])
            // 10.00 × 20/31 = 6.4516 → 6.45, of which 19 % are 1.2255 → 1.23
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 190",
                "2027-01-12: Unused time: Product web, 2027-01-12–2027-02-01, -645 + 123",
            ])
            let note = try await staff.document("/v1/credit-notes")
            #expect(note["taxes"].items.map(TestClient.subtotal) == ["S USt 19: 645 123 country_rate"])
        }
    }

    @Test("a certificate exempts while it is valid, and stands in the explanation")
    func exemption() async throws {
        try await Story.begin(Self.provider) { company, staff in
            let customer = try #require(try await staff.pages("/v1/customers")[0]["id"].text)
            let made = try await staff.send(
                .post, "/v1/tax-exemptions",
                [
                    "customer_id": .string(customer), "certificate": "FA-77", "country": "DE",
                    "valid_through": "2027-02-28",
                ])
            #expect(made.status == 201, "\(made.text)")
            let story = try await Story.order("web", of: customer, company, staff)
            try await story.on("2027-02-10")
            // It turns out to end earlier: what was issued stays as it is.
            let ended = try await staff.send(
                .patch, "/v1/tax-exemptions/\(made["id"].text ?? "")", ["valid_through": "2027-02-15"])
            #expect(ended.status == 200, "\(ended.text)")
            try await story.on("2027-03-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 0",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 1000 + 0",
                "2027-03-01: Product web, 2027-03-01–2027-04-01, 1000 + 190",
            ])
            let january = try await staff.invoice(issuedOn: "2027-01-01")
            #expect(
                january["taxes"].items.map(TestClient.subtotal) == ["E - 0: 1000 0 exemption_certificate"])
            let path = "/v1/invoices/\(january["id"].text ?? "")/explanation"
            let explained = try await staff.send(.get, path)
            #expect(explained.text.contains("exempt by certificate FA-77"))
        }
    }

    @Test("two taxes on one line are rounded each, shown each, and given back each")
    func quebec() async throws {
        var provider = Self.provider
        provider.country = "CA"
        provider.currency = "CAD"
        provider.prices = ["web,CAD,month,1,3.33,0.00"]
        try await Story.begin(provider) { company, staff in
            try await staff.registers(["country": "CA"])
            try await staff.rule(["country": "CA", "tax": "gst", "name": "GST", "percent": "5"])
            try await staff.rule([
                "country": "CA", "region": "QC", "tax": "qst", "name": "QST", "percent": "9.975", "order": 1,
            ])
            let customer = try #require(try await staff.pages("/v1/customers")[0]["id"].text)
            let moved = try await staff.send(
                .patch, "/v1/customers/\(customer)",
                [
                    "address": [
                        "street": "Rue 1", "postal_code": "H2X 1Y4", "city": "Montréal", "region": "QC",
                        "country": "CA",
                    ]
                ])
            #expect(moved.status == 200, "\(moved.text)")
            let story = try await Story.order("web", "web", of: customer, company, staff)
            // 6.66 × 5 % = 0.333 → 0.33; 6.66 × 9.975 % = 0.664335 → 0.66. Each line bears 0.1665 and
            // 0.3321675: of 0.33 the first bears 0.17, of 0.66 both 0.33.
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 333 + 50",
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 333 + 49",
            ])
            let invoice = try await staff.invoice(issuedOn: "2027-01-01")
            let both = ["S GST 5: 666 33 rules", "S QST-QC 9.975: 666 66 rules"]
            #expect(invoice["taxes"].items.map(TestClient.subtotal) == both)
            #expect(
                invoice["lines"].items.map { $0["taxes"].items.map { $0["tax"]["amount"].integer } } == [
                    [17, 33], [16, 33],
                ])
            let voided = try await staff.send(
                .post, "/v1/invoices/\(invoice["id"].text ?? "")/void", ["reason": "A test"])
            #expect(voided.status == 200, "\(voided.text)")
            let note = try await staff.document("/v1/credit-notes")
            #expect(note["taxes"].items.map(TestClient.subtotal) == both)
            #expect(note["lines"].items.map { $0["tax"]["amount"].integer } == [50, 49])
            // Billed anew by the same rules, for the audit that follows.
            try await company.bill()
        }
    }

    @Test(
        "a provider that is registered nowhere else charges nothing elsewhere, and nothing at all while small"
    )
    func smallEnterprise() async throws {
        try await Self.tell { company, staff, story in
            try await staff.registers(
                ["country": "DE", "scheme": "small_enterprise", "valid_from": "2027-02-01"])
            try await staff.registers(["country": "DE", "valid_through": "2027-01-31"])
            try await story.on("2027-02-01")
            try await story.tells([
                "2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 190",
                "2027-02-01: Product web, 2027-02-01–2027-03-01, 1000 + 0",
            ])
            let invoice = try await staff.invoice(issuedOn: "2027-02-01")
            #expect(invoice["taxes"].items.map(TestClient.subtotal) == ["E - 0: 1000 0 small_enterprise"])
        }
    }

    @Test("products have classes, and what a class bears is its own")
    func classes() async throws {
        try await Story.begin(Self.provider) { company, staff in
            try await staff.rule(["tax_class": "e_book", "percent": "7"])
            let product = try #require(try await staff.pages("/v1/products")[0]["id"].text)
            let changed = try await staff.send(
                .patch, "/v1/products/\(product)", ["tax_class": "e_book"])
            #expect(changed["tax_class"] == "e_book")
            let customer = try #require(try await staff.pages("/v1/customers")[0]["id"].text)
            let story = try await Story.order("web", of: customer, company, staff)
            try await story.tells(["2027-01-01: Product web, 2027-01-01–2027-02-01, 1000 + 70"])
        }
    }

    @Test("what cannot be a rule is refused by name, and another company's is not there")
    func refusals() async throws {
        try await Self.tell { _, staff, _ in
            let backwards = try await staff.send(
                .post, "/v1/tax-rules",
                [
                    "country": "DE", "tax": "vat", "name": "USt", "percent": "19",
                    "valid_from": "2027-02-01", "valid_through": "2027-01-31",
                ])
            #expect(backwards["code"] == "validity_ends_before_it_begins")
            let nobody = try await staff.send(
                .post, "/v1/tax-exemptions",
                ["customer_id": .string(CustomerID.new().description), "certificate": "X"])
            #expect(nobody["code"] == "unknown_customer")
        }
    }
}

extension TestClient {
    fileprivate func rule(_ fields: JSONValue) async throws {
        var body: JSONValue = ["country": "DE", "tax": "vat", "name": "USt"]
        if case .object(let given) = fields { for (name, value) in given { body = body.adding(name, value) } }
        let made = try await send(.post, "/v1/tax-rules", body)
        #expect(made.status == 201, "\(made.text)")
    }

    fileprivate func registers(_ body: JSONValue) async throws {
        let made = try await send(.post, "/v1/tax-registrations", body)
        #expect(made.status == 201, "\(made.text)")
    }

    fileprivate func moves(_ story: Story, to country: String) async throws {
        let customer = try await story.read()["customer_id"].text ?? ""
        let moved = try await send(
            .patch, "/v1/customers/\(customer)",
            [
                "address": [
                    "street": "Rue 1", "postal_code": "1000", "city": "Elsewhere",
                    "country": .string(country),
                ]
            ])
        #expect(moved.status == 200, "\(moved.text)")
    }

    fileprivate func invoice(issuedOn day: String) async throws -> JSONValue {
        let listed = try await pages("/v1/invoices?limit=100").first { $0["issued_on"] == .string(day) }
        return try await send(.get, "/v1/invoices/\(listed?["id"].text ?? "")").json
    }

    /// The only one of its kind.
    fileprivate func document(_ list: String) async throws -> JSONValue {
        let listed = try await pages(list)
        try #require(listed.count == 1)
        return try await send(.get, "\(list)/\(listed[0]["id"].text ?? "")").json
    }

    /// `category name-region percent: net tax reason`
    fileprivate static func subtotal(_ tax: JSONValue) -> String {
        let region = tax["region"].text.map { "-\($0)" } ?? ""
        let amounts = [tax["net"], tax["tax"]].map { $0["amount"].integer.map(String.init) ?? "?" }
        let words = [tax["category"], tax["percent"], tax["reason"]].map { $0.text ?? "?" }
        return
            "\(words[0]) \(tax["name"].text ?? "-")\(region) \(words[1]): "
            + "\(amounts[0]) \(amounts[1]) \(words[2])"
    }
}
