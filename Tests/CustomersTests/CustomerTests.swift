import Kernel
import Testing
import Web

@testable import Customers

@Suite struct CustomerTests {
    private func draft(company: String? = "Čapek & Söhne GmbH") throws -> Customers.Draft {
        var draft = Customers.Draft(
            name: try #require(Text("José Čapek")),
            email: try #require(EmailAddress("Jose.Capek@mail.example")),
            address: Address(
                street: try #require(Text("Hauptstraße 1")), postalCode: try #require(Text("")),
                city: try #require(Text("Bad Münster")), country: try #require(CountryCode("DE"))),
            currency: try #require(Currency("EUR")))
        draft.companyName = company.flatMap { Text($0) }
        draft.reference = Code("WH-1001")
        draft.taxID = Text("DE 123.456")
        return draft
    }

    private func customer(company: String? = "Čapek & Söhne GmbH") throws -> Customer {
        Customer(try draft(company: company), recordedAt: Instant(microseconds: 0))
    }

    private func actor(_ role: Role) -> Actor {
        Actor(.operatorCommand, role: role, scope: TenantScope(.new()))
    }

    @Test("a customer is found by company, name, e-mail, reference, city and tax ID, and not by street")
    func words() throws {
        #expect(
            SearchWords.of(try customer()) == [
                "capek", "sohne", "gmbh", "jose", "jose.capek@mail.example", "mail", "example", "wh", "1001",
                "bad",
                "munster", "de", "123", "456", "de123456",
            ])
    }

    @Test("no word is longer than an index entry may be, whatever was typed")
    func longWords() throws {
        var customer = try customer()
        customer.name = try #require(Text(String(repeating: "e\u{0903}\u{0903}", count: 66)))
        customer.email = try #require(EmailAddress(String(repeating: "x", count: 60) + "@mail.example"))
        let lengths = SearchWords.of(customer).map(\.unicodeScalars.count)
        #expect(lengths.allSatisfy { (1...40).contains($0) } && lengths.contains(40))
    }

    @Test("a customer with a company's name is a company, one without is a person")
    func kind() throws {
        #expect(try customer().kind == .company)
        #expect(try customer(company: nil).kind == .person)
    }

    @Test("a kind that disagrees with the company's name is refused, and nothing is guessed")
    func disagreement() throws {
        func change(kind: Customer.Kind?, _ name: Patch<Text<1, 200>>) -> CustomerChange {
            CustomerChange(
                reference: .absent, kind: kind, companyName: name, name: nil, email: nil, address: nil,
                currency: nil,
                taxId: .absent, taxExempt: nil, language: .absent, notes: .absent, metadata: nil,
                customerGroupId: .absent)
        }
        var company = try customer()
        #expect(throws: Problem.self) { try change(kind: .person, .absent).apply(to: &company) }
        #expect(throws: Problem.self) { try change(kind: .company, .null).apply(to: &company) }
        try change(kind: .person, .null).apply(to: &company)
        #expect(company.kind == .person)
        try change(kind: nil, .value(try #require(Text("Acme")))).apply(to: &company)
        #expect(company.kind == .company)
    }

    @Test("only those who may write customers are shown actions")
    func actions() throws {
        let customer = try customer()
        #expect(customer.actions(for: actor(.staff)) == [.update, .addContact])
        #expect(customer.actions(for: actor(.readOnly)).isEmpty)
    }

    @Test("a customer's own users do not see the staff's notes")
    func notes() throws {
        var customer = try customer()
        customer.notes = Text("pays late")
        let own = Actor(.operatorCommand, role: .readOnly, scope: TenantScope(.new(), customer: customer.id))
        #expect(CustomerBody(customer, for: own).notes == nil)
        #expect(CustomerBody(customer, for: actor(.readOnly)).notes == Text("pays late"))
    }
}
