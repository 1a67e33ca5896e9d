package import Kernel
package import Web

/// The origins whose pages may read a company's answers: at most 20, each once.
package struct AllowedOrigins: Hashable, Sendable {
    package static let none = AllowedOrigins(unchecked: [])
    static let most = 20

    package let list: [Origin]

    /// Nil for too many, and where one stands twice.
    package init?(_ list: [Origin]) {
        guard list.count <= AllowedOrigins.most, Set(list).count == list.count else { return nil }
        self.list = list
    }

    /// Of a row, which has been checked.
    init(unchecked list: [Origin]) {
        self.list = list
    }
}

extension AllowedOrigins: Codable {
    static let rule = "must be at most \(most) origins, each once"

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let origins = AllowedOrigins(try container.decode([Origin].self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: AllowedOrigins.rule)
        }
        self = origins
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(list)
    }
}

extension AllowedOrigins: HasSchema {
    package static var schema: JSONSchema {
        var schema = JSONSchema(.array(of: Origin.schema))
        schema.about = "At most \(most) origins whose pages may read your company's answers in a browser."
        schema.example = ["https://portal.example.com"]
        schema.check = { value in
            guard case .array(let items) = value else { return nil }
            return items.count <= most && Set(items).count == items.count
                ? nil : FieldError("", AllowedOrigins.rule)
        }
        return schema
    }
}
