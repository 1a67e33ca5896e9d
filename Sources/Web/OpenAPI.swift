import Foundation
package import Kernel

/// The OpenAPI 3.1 document of a list of endpoints. The same list gives the same bytes.
package struct OpenAPI {
    package let title: String
    package let version: String
    package let description: String

    package init(title: String, version: String, description: String) {
        self.title = title
        self.version = version
        self.description = description
    }

    /// Throws when two different types would have the same name in the document.
    package func document(of endpoints: [Endpoint]) throws -> JSONBytes {
        var components = OpenAPIComponents()
        var paths: [String: [String: JSONValue]] = [:]
        var problemSchema = try SchemaRecorder.schema(of: ProblemBody.self)
        problemSchema.name = "Problem"
        let problem = components.reference(to: problemSchema)
        for endpoint in endpoints {
            let operation = OpenAPIOperation(endpoint: endpoint, problem: problem)
            paths[endpoint.route.path, default: [:]][endpoint.route.method.rawValue.lowercased()] =
                operation.json(&components)
        }
        components.closeRequests(
            endpoints.compactMap(\.body), answers: endpoints.compactMap(\.output) + [problemSchema])
        if let clash = components.clash { throw SchemaError("two different types are named \(clash)") }
        let tags = Set(endpoints.map(\.about.tag)).sorted().map { JSONValue.object(["name": .string($0)]) }
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": .string(title), "version": .string(version), "description": .string(description),
            ],
            "servers": [["url": "/"]],
            "tags": .array(tags),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(components.schemas),
                "responses": .object(components.answers),
                "headers": .object(OpenAPIHeaders.answered),
                "parameters": .object(OpenAPIHeaders.sent),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]
                ],
            ],
        ]
        return JSONBytes(try WireFormat.encodePretty(document) + Data("\n".utf8))
    }

    /// The endpoint `GET /v1/openapi.json`, which serves the document of `endpoints` and of itself.
    package func endpoint(of endpoints: [Endpoint]) throws -> Endpoint {
        let about = About(
            tag: "Meta", name: "readOpenAPI", summary: "Read this document",
            details: "The description of the API in OpenAPI 3.1, generated from the code that answers.",
            rate: .unlimited)
        func serving(_ document: JSONBytes) -> Endpoint {
            Endpoint(public: .get("/v1/openapi.json"), about) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
                document
            }
        }
        return serving(try document(of: endpoints + [serving(JSONBytes(Data()))]))
    }
}

/// One operation of the document.
struct OpenAPIOperation {
    let endpoint: Endpoint
    /// The reference to the schema of every problem.
    let problem: JSONValue

    func json(_ components: inout OpenAPIComponents) -> JSONValue {
        let about = endpoint.about
        var operation: [String: JSONValue] = [
            "operationId": .string(about.name),
            "summary": .string(about.summary),
            "tags": [.string(about.tag)],
            "responses": .object(responses(&components)),
            "security": endpoint.permission == nil ? [] : [["bearer": []]],
            "x-rate-class": .string(endpoint.rate.rawValue),
        ]
        let words = [about.details, about.deprecation?.sentence].compactMap { $0 }
        if !words.isEmpty { operation["description"] = .string(words.joined(separator: "\n\n")) }
        if let deprecation = about.deprecation {
            operation["deprecated"] = true
            operation["x-sunset"] = .string(deprecation.sunset.description)
        }
        if let permission = endpoint.permission { operation["x-permission"] = .string(permission.name) }
        let parameters =
            endpoint.path.fields.map { parameter($0, in: "path", &components) }
            + endpoint.query.fields.map { parameter($0, in: "query", &components) }
            + OpenAPIHeaders.sent(to: endpoint)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = endpoint.body {
            operation["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": components.reference(to: body)]],
            ]
        }
        return .object(operation)
    }

    private func parameter(
        _ field: JSONSchema.Field, in place: String, _ components: inout OpenAPIComponents
    ) -> JSONValue {
        var parameter: [String: JSONValue] = [
            "name": .string(field.name), "in": .string(place), "required": .bool(field.isRequired),
            "schema": components.reference(to: field.schema),
        ]
        if let about = field.schema.about { parameter["description"] = .string(about) }
        return .object(parameter)
    }

    private func responses(_ components: inout OpenAPIComponents) -> [String: JSONValue] {
        var success: [String: JSONValue] = ["description": .string(endpoint.about.summary)]
        if let output = endpoint.output {
            success["content"] = ["application/json": ["schema": components.reference(to: output)]]
        }
        let headers = OpenAPIHeaders.answered(by: endpoint)
        if !headers.isEmpty { success["headers"] = .object(headers) }
        var responses = ["\(endpoint.status)": JSONValue.object(success)]
        for (status, problems) in Dictionary(grouping: endpoint.problems, by: \.status) {
            // Problems are told apart by their code; the same code may come with other particulars.
            let lines = Dictionary(problems.map { ($0.code, "`\($0.code)`: \($0.detail)") }) { first, _ in
                first
            }
            var response: [String: JSONValue] = [
                "description": .string(
                    lines.sorted { $0.key < $1.key }.map(\.value).joined(separator: "\n\n")),
                "content": .object([ProblemBody.contentType: ["schema": problem]]),
            ]
            if status == Problem.rateLimited.status {
                response["headers"] = .object(OpenAPIHeaders.limits)
            } else if status == Problem.unavailable.status {
                response["headers"] = .object(OpenAPIHeaders.again)
            }
            responses["\(status)"] = components.reference(
                toAnswer: .object(response), named: lines.keys.sorted().joined(separator: "."))
        }
        return responses
    }
}

extension Endpoint {
    /// Everything it may answer but success: what it declares, and what the pipeline answers for one of its
    /// kind.
    package var problems: [Problem] {
        var problems = about.problems + [.internalError, .timedOut, .unavailable]
        if permission != nil { problems += [.unauthenticated, .forbidden] }
        if rate != .unlimited { problems.append(.rateLimited) }
        if isChange { problems += [.idempotencyKeyReused, .preconditionFailed, .invalid, .outcomeUnknown] }
        if !path.fields.isEmpty { problems.append(.notFound) }
        if body != nil {
            problems += [.malformedJSON("The body is not JSON; the sentence says where."), .tooLarge]
            problems.append(.unsupportedMediaType)
        }
        if body != nil || !query.fields.isEmpty { problems.append(.invalid) }
        return problems
    }
}
