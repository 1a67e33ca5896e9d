import Foundation
import Kernel
import Web

/// One request to an endpoint as curl sends it, with the examples of its schemas. `$API` and `$TOKEN` are
/// what the overview and the guide on authentication set.
struct RequestExample {
    let curl: String

    init(_ endpoint: Endpoint) {
        var lines = ["curl -s \(RequestExample.method(endpoint))\"$API\(RequestExample.target(endpoint))\""]
        if endpoint.permission != nil { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        if endpoint.isChange {
            // Another key for each operation: who copies two examples does not want the second one refused.
            lines.append("-H \"Idempotency-Key: \(endpoint.about.name)-1042\"")
        }
        if let body = endpoint.body {
            lines.append("-H \"Content-Type: application/json\"")
            let json = ExampleText.json(body.illustration ?? body.sample(full: true), body).replacing(
                "'", with: #"'\''"#)
            lines.append("-d '\(json)'")
        }
        curl = lines.joined(separator: " \\\n  ")
    }

    private static func method(_ endpoint: Endpoint) -> String {
        endpoint.route.method == .get ? "" : "-X \(endpoint.route.method.rawValue) "
    }

    /// The path with examples in its placeholders, and of the query what must stand there, and `limit`.
    private static func target(_ endpoint: Endpoint) -> String {
        let path = endpoint.path.fields.reduce(endpoint.route.path) { path, field in
            path.replacing("{\(field.name)}", with: text(of: field))
        }
        let query = endpoint.query.fields.filter { $0.isRequired || $0.name == "limit" }
            .map { "\($0.name)=\(text(of: $0))" }.joined(separator: "&")
        return query.isEmpty ? path : "\(path)?\(query)"
    }

    private static func text(of field: JSONSchema.Field) -> String {
        let text: String =
            switch field.schema.sample(full: true) {
            case .string(let text): text
            case .integer(let number): "\(number)"
            case .bool(let flag): "\(flag)"
            default: ""
            }
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}
