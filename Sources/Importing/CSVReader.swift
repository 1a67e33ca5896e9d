package import Foundation

/// Reads the records of a CSV file (RFC 4180, UTF-8) one by one, in bounded memory.
///
/// LF and CRLF, a byte order mark, a missing last line end and blank lines between records are fine. The
/// first line names the columns, in any order. A record that cannot be read is refused by itself and reading
/// goes on behind it; nothing that stood inside a broken record is ever taken for a record of its own.
package struct CSVReader {
    /// The most bytes of one record.
    package static let recordLimit = 1 << 20

    private let columns: [String]
    /// The place in the file's header of each column.
    private let places: [Int]
    private let namesInFile: [String]
    private var scanner: CSVScanner

    /// `chunks` gives the file piece by piece and nil or an empty piece at its end; it is called as records
    /// are asked for. Throws a `CSVHeaderError` when the header does not have exactly the `columns`, and what
    /// `chunks` throws.
    package init(columns: [String], chunks: @escaping () throws -> [UInt8]?) throws {
        scanner = CSVScanner(chunks: chunks)
        let names = try CSVHeader.read(from: &scanner)
        self.columns = columns
        places = try CSVHeader.places(of: columns, in: names)
        namesInFile = names
    }

    /// Reads from where `file` stands. The caller closes it.
    package init(columns: [String], file: FileHandle) throws {
        try self.init(columns: columns) {
            try file.read(upToCount: 1 << 16).map { [UInt8]($0) }
        }
    }

    /// The next record or refusal; nil at the end of the file. Throws only what reading the file throws.
    package mutating func next() throws -> CSVEntry? {
        guard let line = try scanner.scanRecord(expecting: namesInFile.count) else { return nil }
        if let fault = scanner.fault { return .refused(refusal(line, for: fault)) }
        if scanner.fieldCount != namesInFile.count {
            return .refused(refusal(line, forFieldCount: scanner.fieldCount))
        }
        var fields: [String] = []
        fields.reserveCapacity(places.count)
        for place in places {
            guard let field = scanner.field(place) else {
                let reason = "has bytes that are not UTF-8"
                return .refused(CSVRefusal(line: line, column: namesInFile[place], reason: reason))
            }
            fields.append(field)
        }
        return .record(CSVRecord(line: line, columns: columns, fields: fields))
    }

    private func refusal(_ line: Int, for fault: CSVScanner.Fault) -> CSVRefusal {
        let isOfOneField = fault != .tooLong && scanner.fieldCount < namesInFile.count
        let column = isOfOneField ? namesInFile[scanner.fieldCount] : nil
        let until = scanner.lastLine > line ? "; the record up to line \(scanner.lastLine) is refused" : ""
        let reason =
            switch fault {
            case .openQuote: "begins with a quotation mark that is never closed"
            case .textAfterQuote: "has text between the closing quotation mark and the next comma"
            case .quoteInText: "has a quotation mark inside but does not begin with one"
            case .tooLong: "the record has more than \(CSVReader.recordLimit) bytes"
            }
        return CSVRefusal(line: line, column: column, reason: reason + until)
    }

    private func refusal(_ line: Int, forFieldCount count: Int) -> CSVRefusal {
        if count > namesInFile.count {
            let reason = "the record has \(count) columns, the header \(namesInFile.count)"
            return CSVRefusal(line: line, column: nil, reason: reason)
        }
        let reason = "is missing: the record has \(count) of \(namesInFile.count) columns"
        return CSVRefusal(line: line, column: namesInFile[count], reason: reason)
    }
}

/// What stands at one place of the file.
package enum CSVEntry: Hashable, Sendable {
    case record(CSVRecord)
    case refused(CSVRefusal)
}

/// One record with all its fields.
package struct CSVRecord: Hashable, Sendable {
    /// The physical line on which it starts; the header is line 1.
    package let line: Int
    private let columns: [String]
    private let fields: [String]

    init(line: Int, columns: [String], fields: [String]) {
        self.line = line
        self.columns = columns
        self.fields = fields
    }

    /// The field of a column that the reader was made for. Line breaks in it are LF.
    package subscript(column: String) -> String {
        guard let place = columns.firstIndex(of: column) else {
            preconditionFailure("The reader was made without the column \(column): a mistake in the program.")
        }
        return fields[place]
    }
}

/// A record that cannot be read.
package struct CSVRefusal: Hashable, Sendable {
    /// The physical line on which the record starts; the header is line 1.
    package let line: Int
    /// The column at fault, where there is one.
    package let column: String?
    /// Follows the column's name in a sentence; begins with its own subject where there is no column.
    package let reason: String
}
