import Kernel

/// What the document says about headers: each stands once, under `components`, and is referred to.
enum OpenAPIHeaders {
    /// Those of answers, by name.
    static let answered: [String: JSONValue] = [
        "ETag": [
            "description": "The object's version in quotes, for If-Match.",
            "schema": ["type": "string", "examples": ["\"3\""]],
        ],
        "Idempotent-Replayed": [
            "description": "Set when this is the answer to an earlier request with the same Idempotency-Key.",
            "schema": ["type": "string", "enum": ["true"]],
        ],
        "Retry-After": [
            "description": "Seconds after which a request is let pass again.",
            "schema": ["type": "integer", "minimum": 1],
        ],
        "RateLimit-Policy": [
            "description": "The quota by name: q requests in w seconds. On every answer that counts.",
            "schema": ["type": "string", "examples": ["\"read\";q=1200;w=60"]],
        ],
        "RateLimit": [
            "description":
                "What is left of it: r requests; more after t seconds. On every answer that counts.",
            "schema": ["type": "string", "examples": ["\"read\";r=1199;t=42"]],
        ],
    ]

    /// Those of requests, by the name of their component.
    static let sent: [String: JSONValue] = [
        "IdempotencyKey": parameter(.idempotencyKey), "IfMatch": parameter(.ifMatch),
    ]

    static let again = references("Retry-After")
    static let limits = references("Retry-After", "RateLimit-Policy", "RateLimit")

    static func answered(by endpoint: Endpoint) -> [String: JSONValue] {
        (endpoint.isVersioned ? references("ETag") : [:])
            .merging(endpoint.isChange ? references("Idempotent-Replayed") : [:]) { first, _ in first }
    }

    static func sent(to endpoint: Endpoint) -> [JSONValue] {
        endpoint.headers.map {
            ["$ref": .string("#/components/parameters/\($0.name.replacing("-", with: ""))")]
        }
    }

    private static func parameter(_ header: JSONSchema.Field) -> JSONValue {
        // Neither refers to a type with a name, so nothing is left in the components.
        var components = OpenAPIComponents()
        var schema = header.schema
        schema.about = nil
        return [
            "name": .string(header.name), "in": "header", "required": .bool(header.isRequired),
            "description": .string(header.schema.about ?? ""), "schema": components.reference(to: schema),
        ]
    }

    private static func references(_ names: String...) -> [String: JSONValue] {
        names.reduce(into: [:]) { references, name in
            references[name] = ["$ref": .string("#/components/headers/\(name)")]
        }
    }
}

extension Endpoint {
    /// The headers that a request may have beside its token and what its body is.
    package var headers: [JSONSchema.Field] {
        guard isChange else { return [] }
        // Without an object in the path there is nothing yet to have a version.
        return route.placeholders.isEmpty ? [.idempotencyKey] : [.idempotencyKey, .ifMatch]
    }
}

extension JSONSchema.Field {
    fileprivate static let idempotencyKey = header(
        "Idempotency-Key", pattern: "^[!-~]+$", length: 1...255, example: "order-1042",
        """
        A name of your choice for this request. Sent again within 24 hours it is not carried out again: the \
        first answer comes back. With another request the name is refused.
        """)

    fileprivate static let ifMatch = header(
        "If-Match", pattern: VersionCondition.pattern, example: "\"3\"",
        "The ETag of the object as you know it. When it was changed since, nothing is done: 412.")

    private static func header(
        _ name: String, pattern: String? = nil, length: ClosedRange<Int>? = nil, example: JSONValue,
        _ about: String
    ) -> JSONSchema.Field {
        var schema = JSONSchema(.string)
        schema.about = about
        schema.pattern = pattern
        schema.length = length
        schema.example = example
        return JSONSchema.Field(name: name, schema: schema, isRequired: false)
    }
}
