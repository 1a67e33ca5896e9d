import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import TestKit
import Testing
import Web

@Suite("The API on the command line")
struct OperatorAPITests {
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-20"
        provider.prices = ["web,EUR,month,1,31.00,0.00"]
        provider.customers = 1
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    private static func json(_ answer: LocalAnswer) throws -> JSONValue {
        try JSONValue(parsing: Data(answer.body))
    }

    @Test("previews and makes a change as the server does, once for a key, as the operator's")
    func change() async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            try await company.bill()
            let api = try server.installation.operatorAPI(of: company.scope)
            let found = try Self.json(
                try await api.answer(LocalRequest(.get, "/v1/subscriptions?reference=S1")))
            let id = try #require(found["items"][0]["id"].text)
            let item = try #require(found["items"][0]["items"][0]["id"].text)
            let body = Array(#"{"items": [{"item_id": "\#(item)", "quantity": "2"}]}"#.utf8)
            var headers: HTTPFields = [.contentType: "application/json"]
            let path = "/v1/subscriptions/\(id)/changes"
            let preview = try await api.answer(
                LocalRequest(.post, "\(path)/preview", headers: headers, body: body))
            #expect(preview.status == 200)
            headers[try #require(HTTPField.Name("Idempotency-Key"))] = "by-hand"
            for _ in 1...2 {
                let made = try await api.answer(LocalRequest(.post, path, headers: headers, body: body))
                #expect(made.status == 201)
                // 31.00 × 12/31 = 12.00 given back, 24.00 billed, 19 % of both
                #expect(try Self.json(made)["settlement"]["balance"]["amount"] == 1428)
            }
            let log = try Self.json(try await api.answer(LocalRequest(.get, "/v1/audit-entries?limit=1")))
            #expect(log["items"][0]["verb"] == "changeSubscription", "\(log)")
            #expect(log["items"][0]["actor_kind"] == "operator", "\(log)")
        }
    }

    @Test("refuses what the server refuses: a wrong body, an unknown path, and what is another company's")
    func refusals() async throws {
        try await TestServer.run { server in
            let ours = try await Company(Provider(), as: "ours", on: server)
            let theirs = try await Company(Self.provider, as: "theirs", on: server)
            let api = try server.installation.operatorAPI(of: theirs.scope)
            let found = try Self.json(try await api.answer(LocalRequest(.get, "/v1/subscriptions")))
            let id = try #require(found["items"][0]["id"].text)
            let other = try server.installation.operatorAPI(of: ours.scope)
            #expect(try await other.answer(LocalRequest(.get, "/v1/subscriptions/\(id)")).status == 404)
            #expect(try await api.answer(LocalRequest(.get, "/v1/nothing")).status == 404)
            let headers: HTTPFields = [.contentType: "application/json"]
            let refused = try await api.answer(
                LocalRequest(
                    .post, "/v1/subscriptions/\(id)/changes", headers: headers, body: Array("{}".utf8)))
            #expect(refused.status == 422)
            #expect(try Self.json(refused)["errors"][0]["pointer"] == "/items")
        }
    }

    @Test("answers every list without a fault, also those that are about who signed in")
    func lists() async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            let api = try server.installation.operatorAPI(of: company.scope)
            for endpoint in api.endpoints
            where endpoint.route.method == .get && endpoint.route.placeholders.isEmpty {
                let answer = try await api.answer(LocalRequest(.get, endpoint.route.path))
                #expect(answer.status < 500, "\(endpoint.route)")
            }
        }
    }
}
