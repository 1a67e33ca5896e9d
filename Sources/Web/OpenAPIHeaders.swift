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
        "IdempotencyKey": [
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": """
            A name of your choice for this request. Sent again within 24 hours it is not carried out \
            again: the first answer comes back. With another request the name is refused.
            """,
            "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"],
        ],
        "IfMatch": [
            "name": "If-Match", "in": "header", "required": false,
            "description": """
            The ETag of the object as you know it. When it was changed since, nothing is done: 412.
            """,
            "schema": ["type": "string", "examples": ["\"3\""]],
        ],
    ]

    static let limits = references("Retry-After", "RateLimit-Policy", "RateLimit")

    static func answered(by endpoint: Endpoint) -> [String: JSONValue] {
        (endpoint.isVersioned ? references("ETag") : [:])
            .merging(endpoint.isChange ? references("Idempotent-Replayed") : [:]) { first, _ in first }
    }

    static func sent(to endpoint: Endpoint) -> [JSONValue] {
        guard endpoint.isChange else { return [] }
        // Without an object in the path there is nothing yet to have a version.
        let names = ["IdempotencyKey"] + (endpoint.route.placeholders.isEmpty ? [] : ["IfMatch"])
        return names.map { ["$ref": .string("#/components/parameters/\($0)")] }
    }

    private static func references(_ names: String...) -> [String: JSONValue] {
        names.reduce(into: [:]) { references, name in
            references[name] = ["$ref": .string("#/components/headers/\(name)")]
        }
    }
}
