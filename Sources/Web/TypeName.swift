/// Names of Swift types as the OpenAPI document lists them.
enum TypeName {
    /// Without the module, nested names joined: `Catalog.Product.State` is `ProductState`; a page of
    /// something is named after it: `PageBody<ProductBody>` is `ProductBodyPage`, any other `Outer<Inner>` is
    /// `InnerOuter`.
    static func short<T>(_ type: T.Type) -> String {
        short(String(reflecting: type))
    }

    private static func short(_ full: String) -> String {
        guard let angle = full.firstIndex(of: "<"), full.hasSuffix(">") else { return plain(full) }
        let outer = plain(String(full[..<angle]))
        let inner = full[full.index(after: angle)...].dropLast()
        return split(inner).map(short).joined() + (outer == "PageBody" ? "Page" : outer)
    }

    /// The arguments of a generic type, at its outermost commas.
    private static func split(_ arguments: Substring) -> [String] {
        var depth = 0
        var parts = [""]
        for character in arguments where character != " " {
            depth += character == "<" ? 1 : character == ">" ? -1 : 0
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    private static func plain(_ full: String) -> String {
        // Private and local types carry "(unknown context at $1234)" between the dots.
        let parts = full.replacing(/\(.*?\)\.?/, with: "").split(separator: ".")
        return parts.dropFirst(parts.count > 1 ? 1 : 0).joined()
    }
}
