package import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Bytes that the server has from its start and gives to everybody: a page of the documentation, its style. A
/// file is no endpoint: nothing can be asked of it, so nothing can be refused, and no client is generated.
package struct StaticFile: Sendable {
    /// Where it is served, without placeholders: `/docs/problems`.
    package let path: String
    package let contentType: String
    package let bytes: Data
    /// A strong validator of the bytes (RFC 9110), in quotes.
    package let entityTag: String

    package init(path: String, contentType: String, bytes: Data, entityTag: String) {
        self.path = path
        self.contentType = contentType
        self.bytes = bytes
        self.entityTag = entityTag
    }
}

extension StaticFile {
    /// Pages take style, script, index and icon from this server and nothing from anywhere else; nothing
    /// inline runs.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The file, or 304 for a client that has it. Five minutes without asking: after an upgrade nobody reads
    /// the old page for longer.
    func response(to request: Hummingbird.Request) -> Response {
        var headers: HTTPFields = [
            .eTag: entityTag, .cacheControl: "public, max-age=300",
            .contentSecurityPolicy: StaticFile.contentSecurityPolicy,
        ]
        if isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// If-None-Match compares weakly, so a proxy that has weakened the tag is understood.
    private func isKnown(to request: Hummingbird.Request) -> Bool {
        request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { tag in
            let tag = tag.trimmingCharacters(in: .whitespaces)
            return tag == "*" || tag == entityTag || tag == "W/" + entityTag
        }
    }
}
