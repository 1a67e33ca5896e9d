import Foundation
import Importing
import Seeds
import Testing

@Suite("Reading CSV")
struct CSVReaderTests {
    /// Entries are written as `line:field|field|…`, refusals as `line!column reason`.
    static let files: [(name: String, text: String, expected: [String])] = [
        ("plain", "a,b,c\n1,2,3\n4,5,6\n", ["2:1|2|3", "3:4|5|6"]),
        ("no final line end", "a,b,c\n1,2,3", ["2:1|2|3"]),
        ("CRLF", "a,b,c\r\n1,2,3\r\n4,5,\r\n", ["2:1|2|3", "3:4|5|"]),
        ("CRLF after quotes", "a,b,c\r\n\"1\",2,\"3\"\r\n4,5,6\r\n", ["2:1|2|3", "3:4|5|6"]),
        ("byte order mark", "\u{FEFF}a,b,c\n1,2,3\n", ["2:1|2|3"]),
        ("a mark later is text", "a,b,c\n\u{FEFF}1,2,3\n", ["2:\u{FEFF}1|2|3"]),
        ("empty fields", "a,b,c\n,,\n\"\",,\"\"\n", ["2:||", "3:||"]),
        ("columns in another order", "c,a,b\n3,1,2\n", ["2:1|2|3"]),
        ("quoted header", "\"a\",\"b\",c\n1,2,3\n", ["2:1|2|3"]),
        ("commas and quotes in quotes", "a,b,c\n\"1,5\",\"\"\"x\"\", y\",3\n", ["2:1,5|\"x\", y|3"]),
        ("line breaks in quotes", "a,b,c\n1,\"2\n\n2\",3\n4,5,6\n", ["2:1|2\n\n2|3", "5:4|5|6"]),
        ("CRLF in quotes arrives as LF", "a,b,c\r\n1,\"2\r\n2\",3\r\n4,5,6", ["2:1|2\n2|3", "4:4|5|6"]),
        ("blank lines are passed over", "\n\na,b,c\n\r\n1,2,3\n\n\n4,5,6\n\n", ["5:1|2|3", "8:4|5|6"]),
        ("spaces belong to the field", "a,b,c\n 1 , 2,3 \n", ["2: 1 | 2|3 "]),
        ("a lone return is text", "a,b,c\n1\r2,\r,3\r\r\n", ["2:1\r2|\r|3\r"]),
        ("a return at the end of the file ends the line", "a,b,c\n1,2,3\r", ["2:1|2|3"]),
        ("the file ends behind a quote", "a,b,c\n1,2,\"3\"", ["2:1|2|3"]),
        ("header only", "a,b,c\n", []),
        ("header without line end", "a,b,c", []),
        ("text of many scripts", "a,b,c\nß,漢字,🧾\n", ["2:ß|漢字|🧾"]),
        (
            "too few columns", "a,b,c\n1\n1,2\n1,2,3\n",
            [
                "2!b is missing: the record has 1 of 3 columns",
                "3!c is missing: the record has 2 of 3 columns", "4:1|2|3",
            ]
        ),
        (
            "too many columns", "a,b,c\n1,2,3,4\n1,2,3,\n1,2,3\n",
            [
                "2! the record has 4 columns, the header 3", "3! the record has 4 columns, the header 3",
                "4:1|2|3",
            ]
        ),
        (
            "a quote that is never closed", "a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n",
            [
                "2:1|2|3",
                "3!b begins with a quotation mark that is never closed; the record up to line 4 is refused",
            ]
        ),
        (
            "a quote opened by the last byte", "a,b,c\n1,2,\"",
            ["2!c begins with a quotation mark that is never closed"]
        ),
        (
            "text behind a closing quote", "a,b,c\n\"1\"x,2,3\n1,\"2\" ,3\n\"1\"\r2,2,3\n4,5,6\n",
            [
                "2!a has text between the closing quotation mark and the next comma",
                "3!b has text between the closing quotation mark and the next comma",
                "4!a has text between the closing quotation mark and the next comma", "5:4|5|6",
            ]
        ),
        (
            "a stray quote takes the next quoted record with it and no more",
            "a,b,c\n1,\"2,3\n4,\"5,5\",6\n7,8,9\n",
            [
                "2!b has text between the closing quotation mark and the next comma; "
                    + "the record up to line 3 is refused",
                "4:7|8|9",
            ]
        ),
        (
            "a quote within plain text", "a,b,c\n5\" disk,2,3\n4,5,6\n",
            ["2!a has a quotation mark inside but does not begin with one", "3:4|5|6"]
        ),
    ]

    @Test("Records and refusals carry the line on which they start", arguments: files)
    func read(_ file: (name: String, text: String, expected: [String])) throws {
        let bytes = Array(file.text.utf8)
        for size in [1, 2, 3, 5, 7, 64, 1 << 16] {
            #expect(try summaries(bytes, chunk: size) == file.expected, "\(file.name), chunks of \(size)")
        }
    }

    @Test("Bytes that are not UTF-8 refuse their record only and name the column")
    func invalidBytes() throws {
        var bytes = Array("a,b,c\n1,2,3\n1,x".utf8)
        bytes += [0xFF, 0xFE]
        bytes += Array(",3\n\"".utf8) + [0xC3] + Array("\",2,3\n".utf8)
        bytes += [0xED, 0xA0, 0x80] + Array(",2,3\n4,5,6\n".utf8)
        for size in [1, 3, 1 << 16] {
            #expect(
                try summaries(bytes, chunk: size) == [
                    "2:1|2|3", "3!b has bytes that are not UTF-8", "4!a has bytes that are not UTF-8",
                    "5!a has bytes that are not UTF-8", "6:4|5|6",
                ])
        }
    }

    @Test("A record beyond the limit is refused, whatever the chunks, and reading goes on behind it")
    func tooLong() throws {
        let long = String(repeating: "x", count: CSVReader.recordLimit)
        let commas = String(repeating: ",", count: CSVReader.recordLimit + 1)
        let text = "a,b,c\n1,\"\(long)\n\",3\n\(commas)\n4,5,6\n"
        for size in [4096, 1 << 16, 1 << 23] {
            #expect(
                try summaries(Array(text.utf8), chunk: size) == [
                    "2! the record has more than 1048576 bytes; the record up to line 3 is refused",
                    "4! the record has more than 1048576 bytes", "5:4|5|6",
                ])
        }
        let fitting = String(repeating: "x", count: CSVReader.recordLimit - 7)
        #expect(try summaries(Array("a,b,c\n1,2,\(fitting)\n".utf8), chunk: 1000).count == 1)
        #expect(try summaries(Array("a,b,c\n1,2,\(fitting)\n".utf8), chunk: 1000)[0].hasPrefix("2:1|2|xxx"))
    }

    static let badHeaders: [(text: String, message: String)] = [
        ("", "The file is empty: its first line must name the columns."),
        ("\u{FEFF}", "The file is empty: its first line must name the columns."),
        ("\n\r\n\n", "The file is empty: its first line must name the columns."),
        ("a,b\n", "The column “c” is missing."),
        ("b\n", "The columns “a”, “c” are missing."),
        ("a,b,c,d\n", "The column “d” is unknown. The columns are: a, b, c."),
        ("a,b,c,\n", "The column “” is unknown. The columns are: a, b, c."),
        ("a,b,c,a\n", "The column “a” is there twice."),
        ("A,b,c\n", "The column “A” is unknown. The columns are: a, b, c."),
        ("a;b;c\n", "The column “a;b;c” is unknown. The columns are: a, b, c."),
        ("a,b,\"c\n", "The first line cannot be read: it must name the columns, separated by commas."),
        ("a,b,\"c\nd\"\n", "The column “c\u{FFFD}d” is unknown. The columns are: a, b, c."),
    ]

    @Test("A header must name all columns once and nothing else", arguments: badHeaders)
    func header(text: String, message: String) {
        #expect(throws: CSVHeaderError(message)) { try summaries(Array(text.utf8), chunk: 100) }
    }

    @Test("A header that is not UTF-8 says so")
    func headerBytes() {
        let error = CSVHeaderError("The first line has bytes that are not UTF-8: save the file as UTF-8.")
        #expect(throws: error) {
            try summaries([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], chunk: 100)
        }
    }

    @Test("What was quoted by the book is read back as it was, in chunks of any size", arguments: 1...40)
    func roundTrip(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let alphabet: [Character] = ["a", ",", "\"", "\n", " ", "é", "漢", "\t", "1"]
        let rows = (0..<20).map { _ in
            (0..<3).map { _ in
                let length = Int.random(in: 0...6, using: &random)
                return String((0..<length).map { _ in alphabet.randomElement(using: &random)! })
            }
        }
        let ending = Bool.random(using: &random) ? "\n" : "\r\n"
        let text =
            (["a,b,c"]
            + rows.map { row in
                row.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(
                    separator: ",")
            }).joined(separator: ending)
        let chunk = Int.random(in: 1...40, using: &random)
        let entries = try summaries(Array(text.utf8), chunk: chunk)
        #expect(
            entries.map { $0.drop { $0 != ":" }.dropFirst() }.map(String.init)
                == rows.map { $0.joined(separator: "|") }, "seed \(seed)")
    }

    @Test("Arbitrary bytes never end the program, and chunks make no difference", arguments: 1...40)
    func arbitraryBytes(seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let alphabet = Array("ab,,\"\"\n\n\r\u{E9}".utf8) + [0xFF, 0x00]
        let bytes =
            Array("a,b,c\n".utf8)
            + (0..<400).map { _ in alphabet.randomElement(using: &random)! }
        let whole = try summaries(bytes, chunk: 1000)
        for chunk in 1...9 {
            #expect(try summaries(bytes, chunk: chunk) == whole, "seed \(seed)")
        }
    }

    @Test("A file is read from its handle")
    func fileHandle() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: url) }
        let rows = (0..<20_000).map { "\($0),\"x\n\",\($0 * 2)" }
        try Data((["a,b,c"] + rows).joined(separator: "\n").utf8).write(to: url)
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        var reader = try CSVReader(columns: ["a", "b", "c"], file: file)
        var count = 0
        while let entry = try reader.next() {
            guard case .record(let record) = entry else {
                Issue.record("unexpected refusal \(entry)")
                break
            }
            #expect(record["a"] == "\(count)")
            #expect(record.line == 2 + 2 * count)
            count += 1
        }
        #expect(count == 20_000)
    }

    private func summaries(_ bytes: [UInt8], chunk: Int) throws -> [String] {
        let columns = ["a", "b", "c"]
        var position = 0
        var reader = try CSVReader(columns: columns) {
            defer { position += chunk }
            return position < bytes.count ? Array(bytes[position..<min(position + chunk, bytes.count)]) : nil
        }
        var entries: [String] = []
        while let entry = try reader.next() {
            switch entry {
            case .record(let record):
                entries.append("\(record.line):" + columns.map { record[$0] }.joined(separator: "|"))
            case .refused(let refusal):
                entries.append("\(refusal.line)!\(refusal.column ?? "") \(refusal.reason)")
            }
        }
        return entries
    }
}
