import Synchronization

/// The names of fields as they stand on the wire, each converted once in the life of the process.
struct WireNames {
    struct Name {
        /// Without quotes, for sorting.
        let text: String
        /// `"next_cursor":`
        let quoted: [UInt8]
    }

    /// Where a name is kept.
    struct Place {
        fileprivate let number: Int
        fileprivate let isKnown: Bool
    }

    /// How a type is written.
    enum Kind {
        case number
        /// An object whose keys are data.
        case dictionary
        case other
    }

    private struct Known {
        var names: [Name] = []
        /// By the property's name; the program's source makes all of them.
        var places: [String: Int] = [:]
        /// Of each name, its place among all of them in the order of their texts.
        var ranks: [Int] = []
        var kinds: [ObjectIdentifier: Kind] = [:]

        mutating func rank() {
            let order = names.indices.sorted { names[$0].text < names[$1].text }
            ranks = Array(repeating: 0, count: names.count)
            for (rank, name) in order.enumerated() { ranks[name] = rank }
        }
    }

    private static let shared = Mutex(Known())

    private var known = shared.withLock { $0 }
    private var hasNews = false
    /// Keys of dictionaries, which callers make up: kept as long as one answer is written.
    private var own: [Name] = []

    subscript(place: Place) -> Name { place.isKnown ? known.names[place.number] : own[place.number] }

    mutating func place(of key: String, isName: Bool) -> Place {
        guard isName else {
            own.append(WireNames.name(key))
            return Place(number: own.count - 1, isKnown: false)
        }
        if let number = known.places[key] { return Place(number: number, isKnown: true) }
        known.places[key] = known.names.count
        known.names.append(WireNames.name(WireFormat.snakeCase(key)))
        known.rank()
        hasNews = true
        return Place(number: known.names.count - 1, isKnown: true)
    }

    /// Casting to a protocol is slow, so the answer is kept.
    mutating func kind(of type: Any.Type) -> Kind {
        if let kind = known.kinds[ObjectIdentifier(type)] { return kind }
        let kind: Kind =
            switch type {
            case is any FixedWidthInteger.Type, is any BinaryFloatingPoint.Type: .number
            case is any StringKeyed.Type: .dictionary
            default: .other
            }
        known.kinds[ObjectIdentifier(type)] = kind
        hasNews = true
        return kind
    }

    /// Whether the name at one place comes before that at another, in the order of their texts.
    func isBefore(_ left: Place, _ right: Place) -> Bool {
        guard left.isKnown, right.isKnown else { return self[left].text < self[right].text }
        return known.ranks[left.number] < known.ranks[right.number]
    }

    /// For the answers to come. Of two writers with news the one that knows more wins; the other's come
    /// again.
    func keep() {
        guard hasNews else { return }
        WireNames.shared.withLock { shared in
            if known.names.count + known.kinds.count > shared.names.count + shared.kinds.count {
                shared = known
            }
        }
    }

    private static func name(_ text: String) -> Name {
        var quoted: [UInt8] = []
        append(text, to: &quoted)
        quoted.append(UInt8(ascii: ":"))
        return Name(text: text, quoted: quoted)
    }

    /// A JSON string.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
        if isPlain { bytes.append(contentsOf: text.utf8) } else { appendEscaped(text, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case 0x22: bytes.append(contentsOf: "\\\"".utf8)
            case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
