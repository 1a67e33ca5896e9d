import AsyncHTTPClient
import Foundation
import HTTPTypes
import Kernel
import NIOCore
import NIOHTTP1
import TestKit
import Testing
import Web

/// A client of real servers, over the network.
struct ServerClient: Sendable {
    /// Never shut down: it belongs to the process, like the threads it runs on.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        // A server that is gone is another's turn, at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let token: String?

    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
        /// Seconds of the header Retry-After.
        let retryAfter: Int?
        let isReplay: Bool
    }

    static func signedIn(_ sign: TestSignIn, at address: String) async throws -> ServerClient {
        let answer = try await ServerClient(token: nil).send(
            .post, address + "/v1/sign-ins",
            [
                "company": .string(sign.company.text), "email": .string(sign.email.text),
                "password": .string(TestSignIn.password),
            ])
        let token: String = try #require(answer.json["access_token"].text, "\(answer.json)")
        return ServerClient(token: token)
    }

    /// Throws when the connection breaks, or is refused.
    func send(
        _ method: HTTPRequest.Method, _ url: String, _ body: JSONValue? = nil, key: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let response = try await ServerClient.http.execute(request, timeout: .seconds(60))
        let bytes = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        return Answer(
            status: Int(response.status.code), json: (try? JSONValue(parsing: bytes)) ?? .null,
            retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) },
            isReplay: response.headers.contains(name: "Idempotent-Replayed"))
    }

    /// The status that a server says of its readiness, or the code of its problem, as soon as it is `wanted`;
    /// else its last words.
    static func readiness(
        of address: String, awaiting wanted: String, _ patience: Duration
    ) async throws -> String {
        let deadline = ContinuousClock.now + patience
        var last = "no answer"
        while last != wanted, ContinuousClock.now < deadline {
            let answer = try? await ServerClient(token: nil).send(.get, address + "/health/ready")
            if let json = answer?.json { last = json["code"].text ?? json["status"].text ?? last }
            try await Task.sleep(for: .milliseconds(20))
        }
        return last
    }
}
