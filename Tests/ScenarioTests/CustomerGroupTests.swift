import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Customer groups")
struct CustomerGroupTests {
    @Test("a name stands once, a group with customers stays, and one without goes")
    func life() async throws {
        try await provided(customers: 1) { staff in
            let group = try await staff.send(.post, "/v1/customer-groups", ["name": "Schools"])
            #expect(group.status == 201)
            let id = try #require(group["id"].text)
            let twice = try await staff.send(.post, "/v1/customer-groups", ["name": "Schools"])
            #expect(twice.status == 409 && twice["code"] == "customer_group_name_taken", "\(twice.text)")
            let renamed = try await staff.send(.patch, "/v1/customer-groups/\(id)", ["name": "Universities"])
            #expect(renamed["name"] == "Universities" && renamed["version"] == 2)

            let customer = try await staff.id(of: "/v1/customers?reference=C1")
            let moved = try await staff.send(
                .patch, "/v1/customers/\(customer)", ["customer_group_id": .string(id)])
            #expect(moved.status == 200 && moved["customer_group_id"] == .string(id), "\(moved.text)")
            let kept = try await staff.send(.delete, "/v1/customer-groups/\(id)")
            #expect(kept.status == 409 && kept["code"] == "customer_group_in_use", "\(kept.text)")
            let left = try await staff.send(.patch, "/v1/customers/\(customer)", ["customer_group_id": .null])
            #expect(left["customer_group_id"] == .null)
            #expect(try await staff.send(.delete, "/v1/customer-groups/\(id)").status == 204)
            #expect(try await staff.send(.get, "/v1/customer-groups/\(id)").status == 404)

            let stray = try await staff.send(
                .patch, "/v1/customers/\(customer)", ["customer_group_id": .string(id)])
            #expect(stray.status == 422 && stray["code"] == "unknown_customer_group", "\(stray.text)")
        }
    }

    @Test("groups and the customers of one are listed page by page, and searched")
    func lists() async throws {
        try await provided(customers: 5) { staff in
            let schools = try await staff.made("/v1/customer-groups", ["name": "Schools"])
            let shops = try await staff.made("/v1/customer-groups", ["name": "Shops"])
            for number in 1...5 {
                let customer = try await staff.id(of: "/v1/customers?reference=C\(number)")
                let group = number.isMultiple(of: 2) ? shops : schools
                _ = try await staff.send(
                    .patch, "/v1/customers/\(customer)", ["customer_group_id": .string(group)])
            }
            let names = try await staff.pages("/v1/customer-groups?limit=1").map(\.["name"])
            #expect(names == ["Schools", "Shops"])
            func references(_ query: String) async throws -> [String] {
                try await staff.pages("/v1/customers?\(query)").compactMap(\.["reference"].text).sorted()
            }
            #expect(try await references("customer_group_id=\(schools)&limit=1") == ["C1", "C3", "C5"])
            #expect(try await references("customer_group_id=\(shops)&limit=1") == ["C2", "C4"])
            #expect(try await references("customer_group_id=\(schools)&search=person&limit=2").count == 3)
            #expect(try await references("customer_group_id=\(shops)&search=c4&limit=2") == ["C4"])
            #expect(try await references("customer_group_id=\(shops)&search=c3") == [])
            #expect(try await references("customer_group_id=\(shops)&reference=C3&search=c3") == [])
            #expect(try await references("customer_group_id=\(shops)&reference=C2") == ["C2"])
        }
    }

    private func provided(
        customers: Int, _ body: @Sendable (TestClient) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            var provider = Provider()
            provider.customers = customers
            let company = try await Company(provider, on: server)
            let user = try await company.user(.staff)
            try await server.api { anyone in try await body(try await anyone.signedIn(user)) }
        }
    }
}

extension TestClient {
    /// The id of the first of a list.
    func id(of list: String) async throws -> String {
        try #require(try await send(.get, list)["items"][0]["id"].text, "\(list)")
    }

    /// The id of what is created.
    func made(_ path: String, _ body: JSONValue) async throws -> String {
        let answer = try await send(.post, path, body)
        return try #require(answer["id"].text, "\(answer.text)")
    }

    /// All items of a list, page by page.
    func pages(_ path: String) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var next = ""
        while true {
            let page = try await send(.get, path + next)
            try #require(page.status == 200, "\(page.text)")
            items += page["items"].items
            guard let cursor = page["next_cursor"].text else { return items }
            let allowed = cursor.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
            next = "&cursor=\(try #require(allowed))"
        }
    }
}
