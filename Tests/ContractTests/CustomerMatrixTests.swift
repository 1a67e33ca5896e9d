import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What a customer's user can reach: its own customer's rows, by what is marked for it, and nothing else.
@Suite("A customer's user")
struct CustomerMatrixTests {
    /// A new entry is a decision: what this list does not name must answer 403.
    static let allowed: Set<String> = [
        "GET /v1/contacts/{id}", "GET /v1/credit-notes", "GET /v1/credit-notes/{id}", "GET /v1/customers",
        "GET /v1/customers/{id}", "GET /v1/customers/{id}/contacts", "GET /v1/invoices",
        "GET /v1/invoices/{id}", "GET /v1/invoices/{id}/explanation", "GET /v1/subscriptions",
        "GET /v1/subscriptions/{id}", "GET /v1/me",
        "GET /v1/me/sessions", "DELETE /v1/me/session", "DELETE /v1/me/sessions",
        "DELETE /v1/me/sessions/{id}", "PUT /v1/me/password",
    ]

    @Test("may do what is listed here, and is refused everything else")
    func permissions() async throws {
        let found = try Surface.endpoints().filter { $0.permission.map { Role.customer.allows($0) } ?? false }
        #expect(Set(found.map(\.route.description)) == Self.allowed)
        try await World.run { world in
            let buyer = world.ours.buyers[0]
            let maker = ObjectMaker(world.ours)
            for endpoint in try Surface.endpoints()
            where endpoint.permission != nil && !Self.allowed.contains(endpoint.route.description) {
                let path =
                    endpoint.route.placeholders.isEmpty
                    ? endpoint.route.path : try await endpoint.path(of: maker)
                let answer = try await buyer.user.send(
                    endpoint.route.method.request, path, endpoint.body?.sample(full: true))
                #expect(answer.status == 403, "\(endpoint.route): \(answer.status)")
            }
        }
    }

    @Test("finds its own objects, and neither its neighbour's nor another company's")
    func objects() async throws {
        try await World.run { world in
            let endpoints = try Surface.endpoints().filter {
                Self.allowed.contains($0.route.description) && !$0.route.placeholders.isEmpty
            }
            try #require(endpoints.count >= 7)
            let (own, neighbour) = (world.ours.buyers[0], world.ours.buyers[1])
            for endpoint in endpoints {
                let method = endpoint.route.method.request
                func path(_ company: Company, _ buyer: Company.Buyer) async throws -> String {
                    let id = try await ObjectMaker(company).object(in: try endpoint.collection, of: buyer)
                    return endpoint.route.path.replacing("{\(endpoint.route.placeholders[0])}", with: id)
                }
                let others = [
                    try await path(world.ours, neighbour),
                    try await path(world.theirs, world.theirs.buyers[0]),
                ]
                for other in others {
                    let answer = try await own.user.send(method, other)
                    #expect(answer.status == 404, "\(endpoint.route): \(answer.status)")
                }
                let answer = try await own.user.send(method, try await path(world.ours, own))
                #expect(answer.status == endpoint.status, "\(endpoint.route): \(answer.text)")
            }
        }
    }

    @Test("sees in every list its own rows, all of them, and no other, whatever it asks for")
    func lists() async throws {
        try await World.run { world in
            let (own, neighbour) = (world.ours.buyers[0], world.ours.buyers[1])
            for buyer in [own, neighbour, own] {
                for collection in ["contacts", "credit-notes", "invoices", "subscriptions"] {
                    _ = try await ObjectMaker(world.ours).object(in: collection[...], of: buyer)
                }
            }
            let expected = ["customers": 1, "credit-notes": 2, "invoices": 4, "subscriptions": 2]
            for (collection, count) in expected {
                let list = try await own.user.must(.get, "/v1/\(collection)?limit=200")["items"].items
                #expect(list.count == count, "\(collection): \(list.count)")
                for item in list {
                    let holder = [item["customer"]["id"], item["customer_id"], item["id"]].first {
                        $0 != .null
                    }
                    #expect(holder == .string("\(own.id)"), "\(collection)")
                }
                if collection == "customers" { continue }
                let asked = "/v1/\(collection)?customer_id=\(neighbour.id)"
                #expect(try await own.user.must(.get, asked)["items"] == [], "\(collection)")
            }
            let found = try await own.user.must(.get, "/v1/customers?search=ada")["items"].items
            #expect(found.map(\.["id"]) == [.string("\(own.id)")])
        }
    }

    @Test("sees no draft, no notes and no labels, which its provider's staff sees")
    func hidden() async throws {
        try await World.run { world in
            let (owner, own) = (world.ours.owner, world.ours.buyers[0])
            let path = "/v1/customers/\(own.id)"
            _ = try await owner.must(.patch, path, ["notes": "Pays late", "metadata": ["rating": "d"]])
            let staff = try await owner.must(.get, path)
            #expect(staff["notes"] == "Pays late" && staff["metadata"] == ["rating": "d"])
            let shown = try await own.user.must(.get, path)
            #expect(shown["notes"] == .null && shown["metadata"] == [:])
            #expect(shown["actions"] == [])

            let draft = try await ObjectMaker(world.ours).draft(of: staff)
            let id = try #require(draft["id"].text)
            #expect(try await own.user.send(.get, "/v1/invoices/\(id)").status == 404)
            #expect(try await own.user.send(.get, "/v1/invoices/\(id)/explanation").status == 404)
            #expect(try await own.user.must(.get, "/v1/invoices")["items"] == [])
            #expect(try await own.user.must(.get, "/v1/invoices?state=draft")["items"] == [])
            _ = try await owner.must(.post, "/v1/invoices/\(id)/finalization")
            #expect(try await own.user.must(.get, "/v1/invoices/\(id)")["actions"] == [])
        }
    }
}

extension ObjectMaker {
    /// An object of this customer that its user may see. Fails the test for a collection that is not known
    /// here.
    fileprivate func object(in collection: Substring, of buyer: Company.Buyer) async throws -> String {
        let customer: JSONValue = ["id": .string("\(buyer.id)")]
        let object: JSONValue
        switch collection {
        case "contacts": object = try await contact(of: customer)
        case "credit-notes": object = try await creditNote(of: customer)
        case "customers": object = customer
        case "invoices":
            let id = try await draft(of: customer)["id"].text ?? ""
            object = try await company.owner.must(.post, "/v1/invoices/\(id)/finalization")
        case "sessions":
            let alias = buyer.id == company.buyers[0].id ? "customer" : "neighbour"
            object = ["id": try await signIn(as: alias)["session_id"]]
        case "subscriptions": object = try await subscription(of: customer)
        default: object = .null
        }
        return try #require(object["id"].text, "make an object of /v1/\(collection)/ of a customer")
    }
}
