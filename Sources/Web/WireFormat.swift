import Foundation

/// How Swift values become JSON: snake_case keys, sorted, so that equal values are equal bytes.
enum WireFormat {
    static func encode(_ value: some Encodable) throws -> Data {
        Data(try WireWriter.bytes(of: value))
    }

    /// The same for people.
    static func encodePretty(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value)
    }

    /// `nextCursor` is `next_cursor`, `vatID` is `vat_id`, `myURLText` is `my_url_text`: the very rule of
    /// Foundation's `convertToSnakeCase`, for the decoder and the schema. The way back,
    /// `convertFromSnakeCase`, does not find `vatID` again, so names are only ever converted in this
    /// direction.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        guard letters.count > 1 else { return name.lowercased() }
        var words: [ArraySlice<Character>] = []
        var start = 0
        var place = 1
        while let upper = letters[place...].firstIndex(where: \.isUppercase) {
            words.append(letters[start..<upper])
            guard let lower = letters[upper...].firstIndex(where: \.isLowercase) else {
                start = upper
                break
            }
            if lower == upper + 1 {
                start = upper
            } else {
                // A run of capitals is a word of its own, up to the capital that begins the next word.
                words.append(letters[upper..<lower - 1])
                start = lower - 1
            }
            place = lower + 1
        }
        words.append(letters[start...])
        return words.map { String($0).lowercased() }.joined(separator: "_")
    }
}

/// A name on the wire, or an index.
struct WireKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(stringValue: String) {
        self.init(stringValue)
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
