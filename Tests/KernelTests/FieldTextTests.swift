import Foundation
import Kernel
import Testing

@Suite("Checked text")
struct FieldTextTests {
    @Test(
        "Codes",
        arguments: [
            ("web-s", true), ("A", true), ("0", true), ("a.b_c-d/e", true), ("", false),
            (String(repeating: "x", count: 64), true), (String(repeating: "x", count: 65), false),
            ("-a", false), (".a", false), ("_a", false),
            ("=HYPERLINK(\"http://x\")", false), ("+1", false), ("@a", false), ("a b", false), ("a\n", false),
            ("ä", false), ("a,b", false), ("a\u{0}", false),
        ])
    func codes(text: String, isAllowed: Bool) {
        check(Code.self, text, isAllowed)
    }

    @Test(
        "Slugs",
        arguments: [
            ("nordhost", true), ("a", true), ("a-b", true), ("a--b", true), ("9", true),
            (String(repeating: "x", count: 40), true), (String(repeating: "x", count: 41), false),
            ("", false),
            ("-a", false), ("a-", false), ("A", false), ("a_b", false), ("a.b", false), ("é", false),
        ])
    func slugs(text: String, isAllowed: Bool) {
        check(Slug.self, text, isAllowed)
    }

    @Test(
        "Host names",
        arguments: [
            ("billing.example.com", true), ("localhost", true), ("a-b.c0", true), ("xn--mnchen-3ya.de", true),
            (String(repeating: "x", count: 63) + ".de", true),
            (String(repeating: "x", count: 64) + ".de", false),
            (Array(repeating: "abcdefghi", count: 25).joined(separator: ".") + ".ab", true),
            (Array(repeating: "abcdefghi", count: 25).joined(separator: ".") + ".abcde", false),
            ("", false), (".", false), ("a..b", false), ("a.", false), (".a", false), ("A.de", false),
            ("-a.de", false),
            ("a-.de", false), ("a_b.de", false), ("münchen.de", false), ("a b.de", false), ("a.de:80", false),
        ])
    func hostNames(text: String, isAllowed: Bool) {
        check(HostName.self, text, isAllowed)
    }

    @Test(
        "Origins",
        arguments: [
            ("https://portal.example.com", true), ("https://a", true), ("https://a.de:8443", true),
            ("http://localhost", true), ("http://localhost:5173", true), ("https://localhost:3000", true),
            ("", false), ("null", false), ("*", false), ("https://*.example.com", false),
            ("portal.example.com", false), ("https://", false), ("https:///", false), ("https://a/", false),
            ("https://a/b", false), ("https://a?b", false), ("https://a#b", false), ("https://b@a", false),
            ("http://a.de", false), ("http://localhost.de", false), ("http://127.0.0.1", false),
            ("https://a:", false), ("https://a:0", false), ("https://a:01", false), ("https://a:443", false),
            ("https://a:65536", false), ("https://a:80", true), ("http://localhost:80", false),
            ("http://localhost:443", true), ("https://A.de", false), ("HTTPS://a.de", false),
            ("https://a..de", false), ("https://a.", false), ("https://-a", false), ("https://a_b", false),
            ("https://[::1]", false), ("https://m\u{FC}nchen.de", false), (" https://a", false),
            ("https://a\n", false), ("ftp://a", false), ("https://a https://b", false),
        ])
    func origins(text: String, isAllowed: Bool) {
        check(Origin.self, text, isAllowed)
    }

    @Test(
        "E-mail addresses",
        arguments: [
            ("name@example.com", true), ("billing+1@customer.example", true), ("O'Neil@Example.COM", true),
            ("a@b.c", true), (String(repeating: "x", count: 64) + "@a.de", true),
            (String(repeating: "x", count: 65) + "@a.de", false), ("", false), ("not-an-address", false),
            ("@a.de", false), ("a@", false), ("a@b", false), ("a@@b.de", false), ("a@b@c.de", false),
            (".a@b.de", false), ("a.@b.de", false), ("a..b@c.de", false), ("a b@c.de", false),
            ("a@b .de", false),
            ("a@b.de\r\nBcc: c@d.de", false), ("a\n@b.de", false), ("<a@b.de>", false), ("\"a\"@b.de", false),
            ("a,b@c.de", false), ("a;b@c.de", false), ("ü@b.de", false), ("a@bücher.de", false),
            ("a\u{85}@b.de", false),
            ("a@ex\u{212A}.com", false), ("a@-b.de", false), ("a@[127.0.0.1]", false),
        ])
    func emailAddresses(text: String, isAllowed: Bool) {
        check(EmailAddress.self, text, isAllowed)
    }

    @Test("Addresses that differ in case only are folded alike")
    func folded() throws {
        #expect(try #require(EmailAddress("Anna@Example.COM")).folded == "anna@example.com")
        #expect(try #require(EmailAddress("Anna@Example.COM")).text == "Anna@Example.COM")
    }

    @Test(
        "Countries",
        arguments: [
            ("DE", true), ("JP", true), ("XK", true), ("GB", true), ("de", false), ("DEU", false),
            ("UK", false),
            ("EU", false), ("XX", false), ("", false), ("D", false),
        ])
    func countries(text: String, isAllowed: Bool) {
        check(CountryCode.self, text, isAllowed)
    }

    @Test("All 249 countries of ISO 3166-1 are there, and Kosovo")
    func countryList() {
        let regions = Locale.Region.isoRegions.map(\.identifier).filter { $0.count == 2 }
        #expect(Set(regions.filter { CountryCode($0) != nil }).count == 250)
    }

    @Test(
        "Language tags",
        arguments: [
            ("de", true), ("de-DE", true), ("ja-JP", true), ("zh-Hant-TW", true), ("es-419", true),
            ("gsw", true),
            ("", false), ("d", false), ("DE", false), ("de_DE", false), ("de-de", false),
            ("de-DE-1996", false),
            ("de-", false), ("zh-hant", false), ("de\n", false),
        ])
    func languageTags(text: String, isAllowed: Bool) {
        check(LanguageTag.self, text, isAllowed)
    }

    // A family of four is one character to a reader and seven code points to PostgreSQL.
    @Test(
        "Free text of up to six code points",
        arguments: [
            ("a", true), ("A 1\nB", true), ("消費税", true), ("123456", true), ("1234567", false),
            ("e\u{301}\u{301}", true), ("👩‍👩‍👧‍👦", false), ("👍🏽", true), ("", false),
            (" a", false), ("a ", false), ("a\n", false),
            ("\u{3000}a", false), ("a\tb", false), ("a\u{0}b", false), ("a\rb", false), ("a\r\nb", false),
            ("a\u{7F}", false), ("a\u{9B}b", false), ("\u{1B}[31m", false),
        ])
    func freeText(text: String, isAllowed: Bool) {
        check(Text<1, 6>.self, text, isAllowed)
    }

    @Test("Text of at least nothing may be empty")
    func emptyText() {
        #expect(Text<0, 5>("") != nil)
        #expect(Text<0, 5>(" ") == nil)
    }

    /// What a type accepts it keeps as it is and takes from JSON; what it refuses is refused there too.
    private func check<Field: FieldText>(_ type: Field.Type, _ text: String, _ isAllowed: Bool) {
        let field = Field(text)
        #expect((field != nil) == isAllowed, "\(type) \(text.debugDescription)")
        #expect(field == nil || field?.text == text)
        #expect(field == nil || field?.description == text)
        #expect(field == nil || Field.length.contains(text.unicodeScalars.count))
        if let pattern = Field.pattern, let regex = try? Regex(pattern) {
            // The schema may say less than the type but never more.
            #expect(field == nil || text.firstMatch(of: regex) != nil, "\(text) against \(pattern)")
        }
        do {
            let json = try JSONEncoder().encode([text])
            let decoded = try? JSONDecoder().decode([Field].self, from: json)
            #expect(decoded?.first == field)
            if let field { #expect(try JSONEncoder().encode([field]) == json) }
        } catch {
            Issue.record(error)
        }
    }
}
