import Kernel

/// What kind of thing is sold, as far as tax is concerned: `standard`, `e_book`. Rules of tax name classes;
/// what no rule names is taxed as `standard`.
package struct TaxClass: FieldText {
    package static let rule = "must have 1 to 32 characters from a-z, 0-9 and '_' and begin with a letter"
    package static let length = 1...32
    package static let pattern: String? = "^[a-z][a-z0-9_]*$"
    package static let example: String? = "standard"

    /// What most of a provider's products are.
    package static let standard = TaxClass(unchecked: "standard")
    /// What is no supply, such as a fee for a late payment: no tax is ever charged on it.
    package static let outsideScope = TaxClass(unchecked: "outside_scope")

    package let text: String

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard TaxClass.length.contains(bytes.count),
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0]),
            bytes.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
            })
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }
}
