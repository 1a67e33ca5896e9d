/// Method and path template of an endpoint: `.get("/v1/products/{id}")`.
package struct Route: Hashable, Sendable, CustomStringConvertible {
    /// The methods that the API speaks. HEAD is answered wherever GET is.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether a request of this method carries a body; a body sent with the others is ignored.
        package var hasBody: Bool { self == .post || self == .put || self == .patch }
    }

    package let method: Method
    /// The template, with placeholders in braces. Logs and metrics show this, never the raw path.
    package let path: String

    package init(_ method: Method, _ path: String) {
        self.method = method
        self.path = path
    }

    package static func get(_ path: String) -> Route { Route(.get, path) }
    package static func post(_ path: String) -> Route { Route(.post, path) }
    package static func put(_ path: String) -> Route { Route(.put, path) }
    package static func patch(_ path: String) -> Route { Route(.patch, path) }
    package static func delete(_ path: String) -> Route { Route(.delete, path) }

    /// The names in braces, from left to right.
    package var placeholders: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
    }

    package var description: String { "\(method.rawValue) \(path)" }
}
