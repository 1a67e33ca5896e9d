import Kernel
import Testing

@testable import Customers

@Suite struct CustomerSearchTests {
    private func lows(_ text: String) -> [String] {
        CustomerSearch(text)?.prefixes.map(\.low) ?? ["refused"]
    }

    /// Whether PostgreSQL would find `word` in the range, which compares bytes.
    private func finds(_ prefix: CustomerSearch.Prefix, _ word: String) -> Bool {
        !word.utf8.lexicographicallyPrecedes(prefix.low.utf8)
            && word.utf8.lexicographicallyPrecedes(prefix.high.utf8)
    }

    @Test(
        "a search falls apart into folded words",
        arguments: [
            ("Müller GmbH", ["muller", "gmbh"]),
            ("  Zoë\tO'Neil ", ["zoe", "o", "neil"]),
            ("ŠKODA-Auto/7", ["skoda", "auto", "7"]),
            ("Ελληνικά Київ", ["ελληνικα", "киів"]),
            ("東京 株式会社", ["東京", "株式会社"]),
            ("jane JANE Jané", ["jane"]),
            ("", []),
            ("-- , .", []),
        ])
    func words(text: String, expected: [String]) {
        #expect(lows(text) == expected)
    }

    @Test(
        "an e-mail address or its beginning stays whole",
        arguments: [
            ("Jane@Example.com", ["jane@example.com"]),
            ("Jane Doe <jane.doe@example.com>", ["jane", "doe", "jane.doe@example.com"]),
            ("jane@", ["jane@"]),
            ("jane@example.", ["jane@example"]),
            ("@example.com", ["example", "com"]),
        ])
    func addresses(text: String, expected: [String]) {
        #expect(lows(text) == expected)
    }

    @Test("at most eight words of at most 40 characters are looked for")
    func limits() {
        #expect(lows("a b c d e f g h i j") == ["a", "b", "c", "d", "e", "f", "g", "h"])
        #expect(lows(String(repeating: "x", count: 60)) == [String(repeating: "x", count: 40)])
        #expect(CustomerSearch(String(repeating: "x", count: 201)) == nil)
        #expect(CustomerSearch("a\u{0}b") == nil)
    }

    @Test("a prefix finds the words that begin with it and no others")
    func ranges() {
        let words = [
            "l", "lz", "m",
            "ma", "man", "mann", "manz", "mb", "mz", "mß", "m東", "m\u{10FFFF}", "n", "z", "東",
            "東京", "株",
            "a\u{D7FF}", "a\u{D7FF}b", "a\u{E000}", "jane@x", "jane",
        ]
        for prefix in ["m", "man", "東", "a\u{D7FF}", "z", "jane@"] {
            for word in words {
                let begins = word.utf8.starts(with: prefix.utf8)
                #expect(finds(CustomerSearch.Prefix(prefix), word) == begins, "\(prefix) in \(word)")
            }
        }
        #expect(CustomerSearch.Prefix("a\u{D7FF}").high == "a\u{E000}")
        #expect(CustomerSearch.Prefix("a\u{10FFFF}").high == "b")
    }
}
