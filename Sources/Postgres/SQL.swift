package import Kernel

/// A statement with its values: interpolation binds, it never pastes.
///
///     "SELECT name FROM products WHERE id = \(id) AND state = \(state)"
///
/// is the text `… WHERE id = $1 AND state = $2` with two values in PostgreSQL's binary form. The text is also
/// the key under which a connection keeps the prepared statement, so the same source line is parsed once per
/// connection.
package struct SQL: Sendable {
    /// What is sent to PostgreSQL: placeholders in the place of values.
    package private(set) var text: String
    private(set) var binds: [Bind]
    private(set) var values: SQLBuffer

    /// One placeholder: its type, where its bytes lie in `values`, and where it stands in the text (a splice
    /// renumbers).
    struct Bind: Sendable {
        let oid: UInt32
        let start: Int
        /// Bytes; −1 is NULL.
        let length: Int
        let place: Int
    }
}

extension SQL: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        self.text = text
        binds = []
        values = SQLBuffer()
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.binds.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql.text += literal
        }

        /// Raw text. Never for anything that came from outside; every use stands in an allow-list.
        package mutating func appendInterpolation(unsafe text: String) {
            sql.text += text
        }

        /// Another statement's text and values, renumbered.
        package mutating func appendInterpolation(_ other: SQL) {
            sql.splice(other)
        }

        /// A value, an optional one (NULL), or an array of either for `unnest` and `ANY`.
        package mutating func appendInterpolation<Value: SQLColumn>(_ value: Value) {
            sql.bind(value)
        }

        /// The same; without it the compiler takes an optional for a slip.
        package mutating func appendInterpolation<Value: SQLColumn>(_ value: Value?) {
            sql.bind(value)
        }

        package mutating func appendInterpolation<Value: FieldText>(_ value: Value) {
            sql.bind(value.text)
        }

        package mutating func appendInterpolation<Value: FieldText>(_ value: Value?) {
            sql.bind(value?.text)
        }

        package mutating func appendInterpolation<Value: FieldText>(_ values: [Value]) {
            sql.bind(values.map(\.text))
        }

        package mutating func appendInterpolation<Value: FieldText>(_ values: [Value?]) {
            sql.bind(values.map { $0?.text })
        }

        package mutating func appendInterpolation<Value: RawRepresentable<String> & Sendable>(_ value: Value)
        {
            sql.bind(value.rawValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable<String> & Sendable>(_ value: Value?)
        {
            sql.bind(value?.rawValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable<String> & Sendable>(
            _ values: [Value]
        ) {
            sql.bind(values.map(\.rawValue))
        }

        package mutating func appendInterpolation<Value: RawRepresentable<String> & Sendable>(
            _ values: [Value?]
        ) {
            sql.bind(values.map { $0?.rawValue })
        }
    }
}

extension SQL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text alone: values may be personal data and stay out of logs.
    package var description: String { text }
    package var debugDescription: String { text }
    package var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}

extension SQL {
    /// PostgreSQL's protocol counts parameters in 16 bits.
    static let bindLimit = 65_535

    private mutating func bind<Value: SQLColumn>(_ value: Value) {
        let place = text.utf8.count
        let start = values.count
        if !value.isNull { value.encode(into: &values) }
        let length = value.isNull ? -1 : values.count - start
        binds.append(Bind(oid: Value.oid, start: start, length: length, place: place))
        text += "$"
        text += String(binds.count)
    }

    private mutating func splice(_ other: SQL) {
        let source = other.text.utf8
        var copied = source.startIndex
        let base = values.count
        for (number, bind) in other.binds.enumerated() {
            // The recorded places are trusted, not a search for "$1": the text may hold one inside a literal.
            let placeholder = source.index(source.startIndex, offsetBy: bind.place)
            text += other.text[copied..<placeholder]
            let place = text.utf8.count
            binds.append(Bind(oid: bind.oid, start: base + bind.start, length: bind.length, place: place))
            text += "$\(binds.count)"
            copied = source.index(placeholder, offsetBy: "$\(number + 1)".utf8.count)
        }
        text += other.text[copied...]
        values.append(other.values)
    }
}
