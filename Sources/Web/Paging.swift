import Foundation
package import Kernel

/// `limit` of a list's query: how many items at most.
package struct PageLimit: Hashable, Sendable, Codable, HasSchema {
    package let value: Int

    package static var schema: JSONSchema {
        var schema = JSONSchema.integer(
            Int64(PageRequest.limits.lowerBound)...Int64(PageRequest.limits.upperBound),
            about: "How many items at most; \(PageRequest.defaultLimit) unless told.")
        schema.example = .integer(Int64(PageRequest.defaultLimit))
        return schema
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = try container.decode(Int.self)
        guard PageRequest.limits.contains(value) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "is out of range")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// `cursor` of a list's query: the `next_cursor` of the page before. It hides the list's own text from
/// clients, so that they do not build cursors; it is no secret and no proof, so the list's SQL binds what it
/// finds inside.
package struct Cursor: FieldText {
    package static let rule = "must be the next_cursor of the page before, unchanged"
    package static let length = 1...1000
    package static let pattern: String? = "^[A-Za-z0-9_-]+$"

    /// As it stands in the URL: base64url without padding.
    package let text: String
    /// What the list's SQL wrote.
    package let content: String

    /// Nil for anything that `init(content:)` has not made.
    package init?(_ text: String) {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let content = String(validating: data, as: UTF8.self),
            !content.isEmpty, !content.utf8.contains(0), Cursor(content: content).text == text
        else { return nil }
        self.text = text
        self.content = content
    }

    /// Wraps what a list's SQL wrote, which is not empty.
    package init(content: String) {
        self.content = content
        text = Data(content.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}

extension Cursor: HasSchema {
    package static var schema: JSONSchema {
        let example = Cursor(content: "2026-01-31").text
        var schema = JSONSchema.text(rule, example: example, pattern: pattern) { Cursor($0) != nil }
        schema.length = length
        return schema
    }
}

extension PageRequest {
    /// What a list's query asks for.
    package init(_ limit: PageLimit?, _ cursor: Cursor?) {
        self.init(limit: limit?.value ?? PageRequest.defaultLimit, cursor: cursor?.content)
    }
}

/// One page of a list on the wire: `{"items": […], "next_cursor": "…"}`, where null ends the list.
package struct PageBody<Item: Codable & Sendable>: Codable, Sendable {
    package let items: [Item]
    package let nextCursor: Cursor?

    /// The page as the verb gave it, its items already in their wire type.
    package init(_ page: Page<Item>) {
        self.init(items: page.items, nextCursor: page.nextCursor)
    }

    /// `nextCursor` is the list's own text, as `Page` holds it.
    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor.map { Cursor(content: $0) }
    }

    private enum CodingKeys: String, CodingKey { case items, nextCursor }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        items = try container.decode([Item].self, forKey: .items)
        nextCursor = try container.decode(Cursor?.self, forKey: .nextCursor)
    }

    /// The cursor is always there: a client that reads null knows that it has seen everything.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}
