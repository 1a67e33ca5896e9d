import Kernel

/// Pointers of RFC 6901: `/prices/0/amount`; the empty pointer is the whole document.
enum JSONPointer {
    /// One more step. Names are cut at 200 characters, since unknown ones come from the caller.
    static func appending(_ name: String, to pointer: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return "\(pointer)/\(name.prefix(200))"
        }
        let escaped = name.prefix(200).replacing("~", with: "~0").replacing("/", with: "~1")
        return "\(pointer)/\(escaped)"
    }

    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { appending($1.stringValue, to: $0) }
    }
}

extension FieldError {
    /// What a decoder refused, as a field error. Only `dataCorrupted` carries a sentence of ours.
    init(decoding error: any Error) {
        switch error {
        case DecodingError.dataCorrupted(let context):
            self.init(JSONPointer.path(context.codingPath), context.debugDescription)
        case DecodingError.keyNotFound(let key, let context):
            self.init(JSONPointer.path(context.codingPath + [key]), "is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            self.init(JSONPointer.path(context.codingPath), "has the wrong type")
        default:
            self.init("", "is not valid")
        }
    }
}
