/// A policy that a line was made by: which, what it said, and the level that said it.
package struct AppliedPolicy: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case whole(Int64)
        case word(String)
    }

    package let name: String
    package let value: Value
    package let level: String

    package init(name: String, value: Value, level: String) {
        self.name = name
        self.value = value
        self.level = level
    }

    /// At least as many bytes as it takes in JSON: 20 for a number, 6 for each byte of a text.
    var longestJSON: Int {
        let valueLength = if case .word(let word) = value { 6 * word.utf8.count } else { 20 }
        return 6 * (name.utf8.count + level.utf8.count) + valueLength + 40
    }

    func write(into json: inout JSONBytes) {
        json.object(named: name) {
            switch value {
            case .whole(let number): $0.integer("value", number)
            case .word(let word): $0.string("value", word)
            }
            $0.string("level", level)
        }
    }
}
