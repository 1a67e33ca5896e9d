/// The file's first line does not name the columns that are needed. The description is a sentence for people.
package struct CSVHeaderError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The first line of a file.
enum CSVHeader {
    /// More columns than this are no table of ours.
    private static let columnLimit = 1000

    /// The names in the order of the file.
    static func read(from scanner: inout CSVScanner) throws -> [String] {
        guard try scanner.scanRecord(expecting: columnLimit) != nil else {
            throw CSVHeaderError("The file is empty: its first line must name the columns.")
        }
        guard scanner.fault == nil, scanner.fieldCount <= columnLimit else {
            throw CSVHeaderError(
                "The first line cannot be read: it must name the columns, separated by commas.")
        }
        return try (0..<scanner.fieldCount).map { place in
            guard let name = scanner.field(place) else {
                throw CSVHeaderError("The first line has bytes that are not UTF-8: save the file as UTF-8.")
            }
            return name
        }
    }

    /// Where each of `columns` stands among `names`. All must be there, once, and nothing else.
    static func places(of columns: [String], in names: [String]) throws(CSVHeaderError) -> [Int] {
        var places: [String: Int] = [:]
        for (place, name) in names.enumerated() {
            guard columns.contains(name) else {
                let known = columns.joined(separator: ", ")
                throw CSVHeaderError("The column \(quoted(name)) is unknown. The columns are: \(known).")
            }
            if places.updateValue(place, forKey: name) != nil {
                throw CSVHeaderError("The column \(quoted(name)) is there twice.")
            }
        }
        let missing = columns.filter { places[$0] == nil }
        if missing.count == 1 { throw CSVHeaderError("The column \(quoted(missing[0])) is missing.") }
        if missing.count > 1 {
            throw CSVHeaderError("The columns \(missing.map(quoted).joined(separator: ", ")) are missing.")
        }
        return columns.compactMap { places[$0] }
    }

    /// A name from outside, short and without what would break a line or a log.
    private static func quoted(_ name: String) -> String {
        let shown = name.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return "“" + String(shown.prefix(60)) + (shown.count > 60 ? "…" : "") + "”"
    }
}
