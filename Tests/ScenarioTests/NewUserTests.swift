import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Subscriptions
import TestKit
import Testing
import Web

@Suite("What a new user does")
struct NewUserTests {
    @Test("sign in, sell something new, bill it, and read why the invoice is what it is")
    func story() async throws {
        try await TestServer.run { server in
            let nordhost = try await Examples.take("nordhost", on: server)
            try await nordhost.bill()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(nordhost.user())
                let price = try await product(by: owner)
                let customer = try await owner.send(.post, "/v1/customers", newCustomer)
                #expect(customer.status == 201)
                let subscription = try await owner.send(
                    .post, "/v1/subscriptions",
                    [
                        "customer_id": customer["id"], "reference": "NEW-1",
                        "items": [["price_id": .string(price), "quantity": "1.5"]],
                    ])
                #expect(subscription.status == 201)
                #expect(subscription["state"] == "active")
                #expect(subscription["started_on"] == "2026-12-01")

                let run = try await owner.send(.post, "/v1/billing-runs", [:])
                #expect(run.status == 202)
                #expect(try await server.installation.worker().drain() == 1)
                try await expectInvoice(of: try #require(customer["id"].text), seenBy: owner)
            }
            #expect(try await nordhost.audit() == [])
        }
    }

    @Test("a user sees the objects of their own company and of no other")
    func ownCompany() async throws {
        try await TestServer.run { server in
            let companies = [
                try await Examples.take("nordhost", on: server),
                try await Examples.take("sakura", on: server),
            ]
            for company in companies { try await company.bill() }
            try await server.api { anyone in
                let users = [
                    try await anyone.signedIn(companies[0].user()),
                    try await anyone.signedIn(companies[1].user()),
                ]
                for collection in ["products", "customers", "subscriptions", "invoices"] {
                    var seen: [Set<String>] = []
                    for user in users { seen.append(try await user.all("/v1/\(collection)")) }
                    #expect(seen.map(\.count) == NewUserTests.counts[collection], "\(collection)")
                    #expect(seen[0].isDisjoint(with: seen[1]))
                    for (user, others) in zip(users, seen.reversed()) {
                        let id = try #require(others.first)
                        #expect(try await user.send(.get, "/v1/\(collection)/\(id)").status == 404)
                    }
                }
            }
        }
    }

    private static let counts = [
        "products": [13, 13], "customers": [420, 160], "subscriptions": [960, 340], "invoices": [384, 126],
    ]

    private let newCustomer: JSONValue = [
        "name": "Ada Lovelace", "email": "ada@customer.example", "currency": "EUR",
        "address": [
            "street": "Ring 1", "postal_code": "10115", "city": "Berlin", "country": "DE",
        ],
    ]

    /// A product with two prices; returns the id of the monthly one.
    private func product(by owner: TestClient) async throws -> String {
        let product = try await owner.send(
            .post, "/v1/products",
            [
                "code": "cloud-1", "type": "hosting", "name": "Cloud One",
                "prices": [
                    [
                        "amount": ["amount": 499, "currency": "EUR"],
                        "setup_fee": ["amount": 1000, "currency": "EUR"],
                        "interval": ["unit": "month", "count": 1],
                    ],
                    [
                        "amount": ["amount": 4990, "currency": "EUR"],
                        "interval": ["unit": "year", "count": 1],
                    ],
                ],
            ])
        #expect(product.status == 201)
        #expect(product["prices"].items.count == 2)
        let monthly = product["prices"].items.first { $0["interval"]["unit"] == "month" }
        return try #require(monthly?["id"].text)
    }

    private func expectInvoice(of customer: String, seenBy owner: TestClient) async throws {
        let list = try await owner.send(.get, "/v1/invoices?customer_id=\(customer)")
        #expect(list["items"].items.count == 1)
        let invoice = try await owner.send(.get, "/v1/invoices/\(try #require(list["items"][0]["id"].text))")
        #expect(invoice.status == 200)
        #expect(invoice["number"] == "NH-2026-000385", "384 were billed before")
        #expect(invoice["net"] == ["amount": 2249, "currency": "EUR"], "749 for 4.99 × 1.5, and 1500")
        #expect(invoice["tax"] == ["amount": 427, "currency": "EUR"], "142 and 285")
        #expect(invoice["due_on"] == "2026-12-15")
        #expect(invoice["buyer"]["name"] == "Ada Lovelace")
        #expect(invoice["seller"]["name"] == "Nordhost GmbH")
        #expect(invoice["lines"].items.map(\.["net"]["amount"]) == [749, 1500])
        let explanation = invoice["lines"][0]["explanation"]
        #expect(explanation["rule"] == "recurring")
        #expect("\(explanation)".contains("4.99 * 1.5 = 7.485, rounded 7.49"))
    }
}

extension TestClient {
    /// The ids of a whole collection, page by page.
    func all(_ path: String) async throws -> Set<String> {
        var ids: [String] = []
        var cursor = ""
        while true {
            let page = try await send(.get, "\(path)?limit=100" + cursor)
            #expect(page.status == 200)
            ids += page["items"].items.compactMap { $0["id"].text }
            guard let next = page["next_cursor"].text else { break }
            cursor = "&cursor=\(next)"
        }
        #expect(Set(ids).count == ids.count, "no object stands on two pages")
        return Set(ids)
    }
}
