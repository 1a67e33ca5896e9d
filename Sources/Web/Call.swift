package import Foundation
package import Kernel

/// One request before it is decoded, free of the HTTP server's types.
package struct Call: Sendable {
    /// Values of the path's placeholders, percent-encoded as they came.
    package var path: [String: String] = [:]
    /// The part behind the question mark, as it came.
    package var query: String?
    /// The Content-Type header, as it came.
    package var contentType: String?
    package var body = Data()
    /// The headers Idempotency-Key and If-Match, as they came.
    package var idempotencyKey: String?
    package var ifMatch: String?
    /// As in `PublicRequest`.
    package var host: HostName?
    package var clientAddress: ClientAddress?
    package var userAgent: String?
    /// Set exactly when the endpoint has a permission, which this actor holds.
    package var actor: Actor?
    /// Of the actor's tenant, from before anything was looked up; nil when nobody knows.
    package var edition: Edition?
    package var requestID: String
    package var trace: TraceID?

    /// An empty call; the pipeline fills in the rest.
    package init(requestID: String) {
        self.requestID = requestID
    }
}

/// One response before it is written, free of the HTTP server's types.
package struct Answer: Sendable {
    package let status: Int
    package let contentType: String
    /// Nil for an answer without a body.
    package let body: Data?
    /// The version of the object that it shows, which becomes the header ETag; nil where nothing counts.
    package let version: Int?
    /// Whether this is the answer to an earlier request with the same key.
    package let isReplay: Bool

    package init(
        status: Int, contentType: String = Answer.json, body: Data?, version: Int? = nil,
        isReplay: Bool = false
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.version = version
        self.isReplay = isReplay
    }

    package static let json = "application/json"
}

/// JSON that was encoded before, served as it is.
package struct JSONBytes: Sendable {
    package let bytes: Data

    package init(_ bytes: Data) {
        self.bytes = bytes
    }

    /// A value as answers hold it, in one line.
    package init(of value: some Encodable) throws {
        self.init(try WireFormat.encode(value))
    }
}

extension JSONBytes: Codable, HasSchema {
    package static var schema: JSONSchema { .anyObject }

    package init(from decoder: any Decoder) throws {
        bytes = try JSONEncoder().encode(try JSONValue(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
        try JSONDecoder().decode(JSONValue.self, from: bytes).encode(to: encoder)
    }
}
