import Foundation
import Kernel
import Synchronization

/// What people wait for before they change something: the preview of a subscription with fifty services, one
/// after the other and with all of them changed at once.
struct PreviewBench: Sendable {
    static let services = 50
    private let client: LoadClient
    private let request: [UInt8]

    /// Orders the services through the API, and changes one of them, which bills all.
    init(port: Int, token: String) async throws {
        var client = LoadClient(port: port)
        client.connections = 1
        self.client = client
        struct Listed: Decodable {
            struct Object: Decodable {
                struct Price: Decodable { let id: String }
                let id: String
                let prices: [Price]?
            }
            let items: [Object]
        }
        let customers: Listed = try await client.answer(
            BenchRequests.get("/v1/customers?limit=1", token: token))
        let products: Listed = try await client.answer(
            BenchRequests.get("/v1/products?limit=1", token: token))
        guard let customer = customers.items.first?.id, let price = products.items.first?.prices?.first?.id
        else { throw Complaint("The benchmark's company sells nothing.") }
        let ordered = Array(repeating: "{\"price_id\": \"\(price)\"}", count: PreviewBench.services)
        let order = "{\"customer_id\": \"\(customer)\", \"items\": [\(ordered.joined(separator: ", "))]}"
        struct Ordered: Decodable {
            let id: String
            let items: [Listed.Object]
        }
        let made: Ordered = try await client.answer(
            BenchRequests.post("/v1/subscriptions", json: order, token: token))
        let path = "/v1/subscriptions/\(made.id)/changes"
        func change(_ items: [Listed.Object], to quantity: Int) -> String {
            let parts = items.map { "{\"item_id\": \"\($0.id)\", \"quantity\": \"\(quantity)\"}" }
            return "{\"items\": [\(parts.joined(separator: ", "))]}"
        }
        struct Changed: Decodable { let id: String }
        let _: Changed = try await client.answer(
            BenchRequests.post(path, json: change([made.items[0]], to: 2), token: token))
        request = BenchRequests.post(
            path + "/preview", json: change(made.items, to: 3), token: token)
    }

    func run(seconds: Int) async throws -> LoadClient.Tally {
        let tally = try await client.run(for: .seconds(seconds)) { [request] _ in request }
        guard tally.refused.isEmpty else {
            throw Complaint("The benchmark's previews were refused: \(tally.refused)")
        }
        return tally
    }
}

extension LoadClient {
    /// One answer, over one connection. Throws a `Complaint` unless it is a success.
    fileprivate func answer<Answer: Decodable>(_ request: [UInt8]) async throws -> Answer {
        let (asked, heard) = (Once(), Once())
        let tally = try await run(for: .seconds(10)) { _ in
            asked.take(Data()) ? request : nil
        } hear: { _, body in
            _ = heard.take(Data(body))
        }
        guard tally.refused.isEmpty, let body = heard.body else {
            throw Complaint("The benchmark's order was refused: \(tally.refused)")
        }
        return try JSONDecoder().decode(Answer.self, from: body)
    }
}

/// Something that is taken once.
private final class Once: Sendable {
    private let kept = Mutex<Data?>(nil)

    var body: Data? { kept.withLock { $0 } }

    func take(_ body: Data) -> Bool {
        kept.withLock { kept in
            if kept != nil { return false }
            kept = body
            return true
        }
    }
}
