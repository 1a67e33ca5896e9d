import BillingMath
import Kernel
import Testing

@Suite("Invoice number formats")
struct NumberFormatTests {
    static let numbers: [(format: String, number: Int64, year: Int, expected: String)] = [
        ("NH-{year}-{number:6}", 42, 2026, "NH-2026-000042"),
        ("SC{number:8}", 1, 2026, "SC00000001"),
        ("{number}", 7, 2026, "7"),
        ("{number}/{year}", 12, 2026, "12/2026"),
        ("{number:3}", 12_345, 2026, "12345"),
        ("{number:12}", 1, 2026, "000000000001"),
        ("R {year} no. {number:2} (A)", 5, 1999, "R 1999 no. 05 (A)"),
        ("{number}", .max, 2026, "9223372036854775807"),
    ]

    @Test("A format writes its numbers, padded but never cut", arguments: numbers)
    func text(format: String, number: Int64, year: Int, expected: String) throws {
        let format = try NumberFormat(parsing: format)
        #expect(format.text(number: number, year: year) == expected)
        let (prefix, width, suffix) = format.affixes(year: year)
        #expect(prefix + number.padded(width) + suffix == expected)
    }

    @Test("The sequence restarts each year exactly if the format shows the year")
    func restart() throws {
        #expect(try NumberFormat(parsing: "NH-{year}-{number:6}").restartsYearly)
        #expect(try !NumberFormat(parsing: "SC{number:8}").restartsYearly)
    }

    static let refusals: [(text: String, error: NumberFormatError)] = [
        ("", .noNumber),
        ("INV-{year}", .noNumber),
        ("{number}{number:6}", .twoNumbers),
        ("{year}{year}{number}", .twoYears),
        ("{month}-{number}", .unknownPlaceholder("month")),
        ("{Number}", .unknownPlaceholder("Number")),
        ("{}{number}", .unknownPlaceholder("")),
        ("{number:0}", .badWidth),
        ("{number:13}", .badWidth),
        ("{number:06}", .badWidth),
        ("{number:}", .badWidth),
        ("{number:+6}", .badWidth),
        ("{number:٦}", .badWidth),
        ("{number:999999999999999999999}", .badWidth),
        ("{number", .looseBrace),
        ("number}", .looseBrace),
        ("{{number}}", .looseBrace),
        ("RÉF{number}", .badCharacter),
        ("A\nB{number}", .badCharacter),
        ("A\r\n{number}", .badCharacter),
        ("e\u{301}{number}", .badCharacter),
        (String(repeating: "x", count: 41) + "{number}", .tooLong),
        ("{number}" + String(repeating: "x", count: 41), .tooLong),
    ]

    @Test("What is not a format is refused with the reason", arguments: refusals)
    func refusal(text: String, error: NumberFormatError) {
        #expect(throws: error) { try NumberFormat(parsing: text) }
        #expect(NumberFormat(text) == nil)
        #expect(!error.description.isEmpty)
    }

    @Test("Forty characters beside the placeholders are enough and allowed")
    func longest() throws {
        let text = String(repeating: "x", count: 20) + "{number:12}{year}" + String(repeating: "y", count: 20)
        let format = try #require(NumberFormat(text))
        #expect(format.text == text)
        #expect(NumberFormat.length.contains(text.count))
    }
}
