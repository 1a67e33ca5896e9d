import HTTPTypes
import Kernel
import Postgres
import Subscriptions
import TestKit
import Testing
import Web

@Suite("Policies at every level")
struct PolicyScenarioTests {
    /// Two customers with two subscriptions each, of which the first start on 10 December and the second on
    /// the 15th.
    private static let provider: Provider = {
        var provider = Provider()
        provider.customers = 2
        provider.subscriptions = [
            "S1,C1,web,EUR,month,1,1,2026-12-10,,,active,", "S2,C1,web,EUR,month,1,1,2026-12-15,,,active,",
            "S3,C2,web,EUR,month,1,1,2026-12-10,,,active,", "S4,C2,web,EUR,month,1,1,2026-12-15,,,active,",
        ]
        return provider
    }()

    @Test("a group's payment terms move the due date of its members, and the answer says that the group did")
    func dueDate() async throws {
        try await provided { company, owner in
            let group = try await owner.made("/v1/customer-groups", ["name": "Schools"])
            let member = try await owner.id(of: "/v1/customers?reference=C1")
            _ = try await owner.send(.patch, "/v1/customers/\(member)", ["customer_group_id": .string(group)])
            let set = try await owner.send(
                .patch, "/v1/customer-groups/\(group)/policies", ["payment_terms_days": 45])
            #expect(set["policies"]["payment_terms_days"] == told(45, "customer_group", set: 45))
            let read = try await owner.send(.get, "/v1/customers/\(member)/policies")
            #expect(read["policies"]["payment_terms_days"] == told(45, "customer_group"))
            #expect(read["policies"]["tax_rounding"] == told("line", "tenant"))

            try await company.setToday("2026-12-10")
            try await company.bill()
            #expect(try await dueDates(company) == ["C1 2027-01-24", "C2 2026-12-24"])
            let billed = try await owner.invoice(of: member)
            #expect(
                billed["lines"][0]["explanation"]["policies"] == [
                    "invoice_days_before_due": ["value": 0, "level": "tenant"],
                    "payment_terms_days": ["value": 45, "level": "customer_group"],
                    "tax_rounding": ["value": "line", "level": "tenant"],
                ])

            // By hand it is the same, and the customer's own word is nearer.
            let own = try await owner.send(
                .patch, "/v1/customers/\(member)/policies",
                ["payment_terms_days": 5, "tax_rounding": "invoice"])
            #expect(own["policies"]["payment_terms_days"] == told(5, "customer", set: 5))
            let byHand = try await owner.issued(to: member)
            #expect(byHand["due_on"] == "2026-12-15" && byHand["tax_rounding"] == "invoice")
            #expect(
                byHand["lines"][0]["explanation"]["policies"] == [
                    "payment_terms_days": ["value": 5, "level": "customer"],
                    "tax_rounding": ["value": "invoice", "level": "customer"],
                ])

            // Taken back level by level, down to what MPanel ships.
            _ = try await owner.send(
                .patch, "/v1/customers/\(member)/policies", ["payment_terms_days": .null])
            #expect(try await owner.issued(to: member)["due_on"] == "2027-01-24")
            _ = try await owner.send(
                .patch, "/v1/customer-groups/\(group)/policies", ["payment_terms_days": .null])
            #expect(try await owner.issued(to: member)["due_on"] == "2026-12-24")
            let company = try await owner.send(
                .patch, "/v1/tenant/policies", ["payment_terms_days": .null])
            #expect(company["policies"]["payment_terms_days"] == told(14, "system"))
            #expect(
                try await owner.send(.get, "/v1/customers/\(member)/policies")["policies"]["tax_rounding"]
                    == told("invoice", "customer", set: "invoice"))
        }
    }

    @Test("each subscription is invoiced as many days ahead as its own, its customer's or its group's say")
    func ahead() async throws {
        try await provided { company, owner in
            let first = try await owner.id(of: "/v1/subscriptions?reference=S1")
            let answer = try await owner.send(
                .patch, "/v1/subscriptions/\(first)/policies", ["invoice_days_before_due": 9])
            #expect(answer["policies"]["invoice_days_before_due"] == told(9, "subscription", set: 9))
            #expect(answer["version"] == 2)
            let before = try await company.bill(isDryRun: true)
            #expect(try await company.bill() == before)
            #expect(try await company.invoices() == ["C1,EUR,2026-12-10,1,1000,190,1190"])

            // A customer's word counts for both of its subscriptions, but not for the one that has its own.
            let second = try await owner.id(of: "/v1/customers?reference=C2")
            _ = try await owner.send(
                .patch, "/v1/customers/\(second)/policies", ["invoice_days_before_due": 14])
            let own = try await owner.id(of: "/v1/subscriptions?reference=S3")
            _ = try await owner.send(
                .patch, "/v1/subscriptions/\(own)/policies", ["invoice_days_before_due": 0])
            try await company.bill()
            #expect(
                try await company.invoices() == [
                    "C1,EUR,2026-12-10,1,1000,190,1190", "C2,EUR,2026-12-15,1,1000,190,1190",
                ])

            // What is billed is billed: fewer days take nothing back, and bill nothing again.
            _ = try await owner.send(
                .patch, "/v1/subscriptions/\(first)/policies", ["invoice_days_before_due": .null])
            #expect(try await company.bill().totals.isEmpty)
            let group = try await owner.made("/v1/customer-groups", ["name": "Early"])
            _ = try await owner.send(
                .patch, "/v1/customer-groups/\(group)/policies", ["invoice_days_before_due": 40])
            #expect(try await company.bill().totals.isEmpty)
            let member = try await owner.id(of: "/v1/customers?reference=C1")
            _ = try await owner.send(.patch, "/v1/customers/\(member)", ["customer_group_id": .string(group)])
            #expect(try await company.bill().invoices == 2, "the second's first term, the first's second")
            #expect(try await company.audit() == [])
        }
    }

    @Test("a level takes the policies that may be set there, and staff may not change the company's")
    func refused() async throws {
        try await provided { company, owner in
            let subscription = try await owner.id(of: "/v1/subscriptions?reference=S1")
            for (body, pointer) in [
                (["payment_terms_days": 3] as JSONValue, "/payment_terms_days"),
                (["invoice_days_before_due": 91], "/invoice_days_before_due"),
                (["invoice_days_before_due": "9"], "/invoice_days_before_due"),
            ] {
                let answer = try await owner.send(
                    .patch, "/v1/subscriptions/\(subscription)/policies", body)
                #expect(answer.status == 422, "\(answer.text)")
                #expect(answer["errors"][0]["pointer"] == .string(pointer))
            }
            let user = try await company.user(.staff)
            try await company.server.api { anyone in
                let staff = try await anyone.signedIn(user)
                let answer = try await staff.send(.patch, "/v1/tenant/policies", ["payment_terms_days": 3])
                #expect(answer.status == 403)
                #expect(try await staff.send(.get, "/v1/tenant/policies").status == 200)
            }
        }
    }

    private func told(_ value: JSONValue, _ level: String, set: JSONValue = .null) -> JSONValue {
        ["value": value, "level": .string(level), "set": set]
    }

    private func dueDates(_ company: Company) async throws -> [String] {
        try await company.texts(
            """
            SELECT concat_ws(' ', c.reference, i.due_on) AS line
            FROM invoices AS i JOIN customers AS c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id
            """)
    }

    private func provided(
        _ body: @Sendable (Company, TestClient) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            let user = try await company.user()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(user)
                try await body(company, owner)
                try await expectExplained(owner)
            }
        }
    }
}

extension TestClient {
    /// The newest invoice of a customer.
    fileprivate func invoice(of customer: String) async throws -> JSONValue {
        let id = try await id(of: "/v1/invoices?customer_id=\(customer)")
        return try await send(.get, "/v1/invoices/\(id)").json
    }

    /// An invoice by hand.
    fileprivate func issued(to customer: String) async throws -> JSONValue {
        let draft = try await made(
            "/v1/invoices",
            [
                "customer_id": .string(customer), "currency": "EUR",
                "lines": [
                    [
                        "description": "Work", "quantity": "1",
                        "unit_price": ["amount": 500, "currency": "EUR"],
                    ]
                ],
            ])
        return try await send(.post, "/v1/invoices/\(draft)/finalization").json
    }
}
