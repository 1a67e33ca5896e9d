import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Synchronization
import Web

/// Lines that a logger wrote.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { label in
            JSONLogHandler(label: label) { line in self.lines.withLock { $0.append(line) } }
        }
    }
}

/// One exchange with the toy API.
struct Exchange {
    let status: Int
    let headers: HTTPFields
    let text: String
    let json: JSONValue?

    static func send(
        _ method: HTTPRequest.Method, _ uri: String, body: String? = nil, headers: HTTPFields = asOwner,
        api: API = Toy.api()
    ) async throws -> Exchange {
        try await api.application(on: .hostname("127.0.0.1", port: 0)).test(.router) { client in
            var headers = headers
            if body != nil && headers[.contentType] == nil { headers[.contentType] = "application/json" }
            let response = try await client.execute(
                uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
            return Exchange(response)
        }
    }

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
        json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    static let asOwner: HTTPFields = [.authorization: "Bearer owner"]
    static let asReader: HTTPFields = [.authorization: "Bearer read_only"]

    subscript(_ name: String) -> JSONValue? {
        if case .object(let fields) = json { fields[name] } else { nil }
    }

    var code: JSONValue? { self["code"] }

    /// The pointers of the errors, sorted.
    var pointers: [String] { errors.keys.sorted() }

    var errors: [String: String] {
        guard case .array(let errors) = self["errors"] else { return [:] }
        var found: [String: String] = [:]
        for case .object(let error) in errors {
            if case .string(let pointer) = error["pointer"], case .string(let message) = error["message"] {
                found[pointer] = message
            }
        }
        return found
    }
}
