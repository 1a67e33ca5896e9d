package import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import Synchronization

/// A request that comes over no network: what the command line asks of the API.
package struct LocalRequest: Sendable {
    package let method: HTTPRequest.Method
    /// With its query.
    package let path: String
    package let headers: HTTPFields
    package let body: [UInt8]

    package init(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = HTTPFields(), body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

package struct LocalAnswer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: [UInt8]
}

extension API {
    /// Answers it as the server would, with the same routes, checks and problems. `authenticate` is asked for
    /// a token that says nothing: whoever makes this API knows who asks.
    package func answer(_ asked: LocalRequest) async throws -> LocalAnswer {
        let channel = NIOAsyncTestingChannel()
        defer { channel.close(promise: nil) }
        var headers = asked.headers
        headers[.authorization] = "Bearer local"
        let head = HTTPRequest(
            method: asked.method, scheme: "http", authority: "localhost", path: asked.path,
            headerFields: headers)
        let request = Hummingbird.Request(head: head, body: .init(buffer: ByteBuffer(bytes: asked.body)))
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        let response = try await router().buildResponder().respond(
            to: request, context: WebContext(source: source))
        let collected = CollectedBody()
        try await response.body.write(collected)
        return LocalAnswer(
            status: Int(response.status.code), headers: response.headers, body: collected.bytes)
    }
}

private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) {
        collected.withLock { $0 += buffer.readableBytesView }
    }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
