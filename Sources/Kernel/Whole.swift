/// A whole number from `min` to `max`.
package struct Whole<let min: Int, let max: Int>: Hashable, Sendable, Codable {
    package static var range: ClosedRange<Int> { min...max }
    package static var rule: String { "must be a whole number from \(min) to \(max)" }

    package let value: Int

    package init?(_ value: Int) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let whole = Self(try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.rule)
        }
        self = whole
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
