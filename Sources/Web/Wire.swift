import Foundation
package import Kernel

/// The four types of one endpoint with their schemas: reads a call into them, writes the output.
struct Wire<
    Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable, Output: Codable & Sendable
>: Sendable {
    struct Input {
        let path: Path
        let query: Query
        let body: Body
        /// What the path says, decoded from its percents.
        let names: [String: String]
        /// Query and body together, before they were typed.
        let content: JSONValue
    }

    let path: WireType<Path>
    let query: WireType<Query>
    let body: WireType<Body>
    /// Nil for `NoContent`.
    let output: JSONSchema?
    private let route: Route

    init(_ route: Route) {
        self.route = route
        path = WireType(route)
        query = WireType(route)
        body = WireType(route)
        output = Output.self == NoContent.self ? nil : WireType<Output>(route).schema
        let names = Set(path.schema.fields.map(\.name))
        precondition(
            names == Set(route.placeholders),
            "\(route): its placeholders are not the fields \(names) of \(Path.self)")
        precondition(route.method.hasBody || !takesBody, "\(route): \(route.method.rawValue) takes no body")
    }

    var takesBody: Bool { Body.self != NoBody.self }
    var isVersioned: Bool { Output.self is any Versioned.Type }

    /// Everything the call says, decoded. Throws `not_found` for a path that cannot name an object,
    /// `malformed_json` and its kin for an unreadable body, and one `invalid` that lists the errors of query
    /// and body together.
    func input(_ call: Call) throws -> Input {
        guard let pathText = StringFields.decoded(call.path) else { throw Problem.notFound }
        let pathFields = StringFields.typed(pathText, by: path.schema)
        guard pathFields.errors.isEmpty, SchemaCheck.errors(in: pathFields.value, by: path.schema).isEmpty,
            let path = try? path.decode(pathFields.value, inQuery: false)
        else { throw Problem.notFound }

        let queryText = StringFields.parse(query: call.query ?? "")
        let queryFields = StringFields.typed(queryText.fields, by: query.schema)
        let refused = queryText.errors + queryFields.errors
        let bodyValue = try bodyValue(call)
        let errors =
            refused
            + SchemaCheck.errors(in: queryFields.value, by: query.schema)
            .map { FieldError(StringFields.queryPointer($0.pointer), $0.message) }
            // What could not be typed was left out, and must not be called missing as well.
            .filter { error in !refused.contains { $0.pointer == error.pointer } }
            + SchemaCheck.errors(in: bodyValue, by: body.schema)
        if !errors.isEmpty { throw Problem.invalid.with(errors: Array(errors.prefix(SchemaCheck.limit))) }
        return Input(
            path: path, query: try query.decode(queryFields.value, inQuery: true),
            body: try body.decode(bodyValue, inQuery: false), names: pathText,
            content: ["query": queryFields.value, "body": bodyValue])
    }

    private func bodyValue(_ call: Call) throws(Problem) -> JSONValue {
        // Without a body an endpoint still looks at what was sent: fields that nobody reads are an error to
        // report.
        if !takesBody && (call.body.isEmpty || !route.method.hasBody) { return .object([:]) }
        guard MediaType.isJSON(call.contentType) else { throw .unsupportedMediaType }
        return try JSONValue(parsing: call.body)
    }

    func answer(_ output: Output, status: Int) throws -> Answer {
        if let ready = output as? JSONBytes { return Answer(status: status, body: ready.bytes) }
        if self.output == nil { return Answer(status: status, body: nil) }
        let version = isVersioned ? (output as? any Versioned)?.version : nil
        return Answer(status: status, body: try WireFormat.encode(output), version: version)
    }
}

/// One Codable type and its schema.
package struct WireType<Value: Codable & Sendable>: Sendable {
    let schema: JSONSchema

    /// Stops the process when the type cannot be described: that is a mistake of the program, found by any
    /// test.
    init(_ route: Route) {
        self.init("\(route)")
    }

    /// A type that does not only stand in requests.
    package init() {
        self.init("\(Value.self)")
    }

    private init(_ place: String) {
        do {
            schema = try SchemaRecorder.schema(of: Value.self)
        } catch {
            preconditionFailure("\(place): \(error)")
        }
    }

    /// A JSON Schema (2020-12) of the type, complete in itself.
    package var document: JSONValue {
        var components = OpenAPIComponents(under: "$defs")
        guard case .object(var document) = components.reference(to: schema) else { return .null }
        document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        components.closeRequests([schema], answers: [])
        document["$defs"] = .object(components.schemas)
        return .object(document)
    }

    /// A value as a request's body would be read. Throws one `invalid` that lists everything that is wrong.
    package func read(_ json: JSONValue) throws(Problem) -> Value {
        let errors = SchemaCheck.errors(in: json, by: schema)
        if !errors.isEmpty { throw .invalid.with(errors: errors) }
        return try decode(json, inQuery: false)
    }

    /// Decodes what the schema let pass. What decoding still refuses is the caller's mistake too.
    func decode(_ json: JSONValue, inQuery: Bool) throws(Problem) -> Value {
        do {
            return try Value(from: ValueDecoder(json))
        } catch {
            let refused = FieldError(decoding: error)
            let pointer = inQuery ? StringFields.queryPointer(refused.pointer) : refused.pointer
            throw Problem.invalid.with(errors: [FieldError(pointer, refused.message)])
        }
    }
}

/// The media types of requests.
enum MediaType {
    /// True for `application/json`, with any parameters but a charset other than UTF-8.
    static func isJSON(_ header: String?) -> Bool {
        let parts = (header ?? "").lowercased().split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { part in
            !part.hasPrefix("charset=") || ["utf-8", "\"utf-8\""].contains(part.dropFirst("charset=".count))
        }
    }
}
