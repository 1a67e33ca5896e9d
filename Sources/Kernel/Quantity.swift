/// How many of something, exact to a millionth. Shown and read as a decimal string: `"1"`, `"0.5"`.
package struct Quantity: Hashable, Comparable, Sendable {
    package let micros: Int64

    package static let zero = Quantity(micros: 0)
    package static let one = Quantity(micros: 1_000_000)

    package init(micros: Int64) {
        self.micros = micros
    }

    /// Parses a decimal with at most six digits behind the point.
    package init(decimal text: String) throws(DecimalError) {
        self.init(micros: try DecimalText.parse(text, decimals: 6))
    }

    /// How many whole ones it takes: what has begun counts as one.
    package var wholeUnits: Int64 {
        micros / 1_000_000 + (micros % 1_000_000 > 0 ? 1 : 0)
    }

    package static func < (left: Quantity, right: Quantity) -> Bool {
        left.micros < right.micros
    }
}

extension Quantity: CustomStringConvertible, Codable {
    /// Without superfluous zeros: `1`, `0.5`.
    package var description: String {
        let text = DecimalText.format(micros, decimals: 6)
        let trimmed = text.reversed().drop { $0 == "0" }
        return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(decimal: try container.decode(String.self))
        } catch let error as DecimalError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
