/// Text from outside that has been checked: to hold one is to know that its rule is kept.
///
/// The same type parses request bodies, query items and CSV cells, and describes itself in the API's schema.
package protocol FieldText: Hashable, Sendable, Codable, LosslessStringConvertible {
    /// What is allowed, as it follows the field's name in a message: `must be …`.
    static var rule: String { get }
    /// The allowed length in characters (Unicode code points).
    static var length: ClosedRange<Int> { get }
    /// A `format` of JSON Schema, or nil.
    static var format: String? { get }
    /// A regular expression of JSON Schema that the whole text matches, or nil.
    static var pattern: String? { get }
    /// A text that keeps the rule, for readers of documentation; nil where one can be guessed.
    static var example: String? { get }

    var text: String { get }

    /// Nil when the text breaks the rule.
    init?(_ text: String)
}

extension FieldText {
    package static var format: String? { nil }
    package static var pattern: String? { nil }
    package static var example: String? { nil }
    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.rule)
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Free text of `min` to `max` characters: line breaks are welcome, other control characters are not
/// (PostgreSQL cannot store NUL, and the rest hides things in logs and terminals). It does not begin or end
/// blank.
package struct Text<let min: Int, let max: Int>: FieldText {
    package static var rule: String {
        "must have \(min) to \(max) characters, without control characters and without spaces at either end"
    }
    package static var length: ClosedRange<Int> { min...max }

    package let text: String

    package init?(_ text: String) {
        // Counted in code points, as PostgreSQL and JSON Schema count.
        guard Self.length.contains(text.unicodeScalars.count),
            text.first?.isWhitespace != true, text.last?.isWhitespace != true,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || $0 == "\n" })
        else { return nil }
        self.text = text
    }
}

/// A short identifier that providers choose: product codes, references of a former system. Never something
/// that a spreadsheet would run as a formula.
package struct Code: FieldText {
    package static let rule =
        "must have 1 to 64 characters from A-Z, a-z, 0-9, '.', '_', '-', '/' and begin with a letter or digit"
    package static let length = 1...64
    package static let pattern: String? = "^[A-Za-z0-9][A-Za-z0-9._/-]*$"

    package let text: String

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Self.length.contains(bytes.count), bytes[0].isASCIIAlphanumeric,
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || "._/-".utf8.contains($0) })
        else { return nil }
        self.text = text
    }
}

/// A name that can stand in a host name or a URL: lower-case letters, digits and inner hyphens.
package struct Slug: FieldText {
    package static let rule =
        "must have 1 to 40 characters from a-z, 0-9 and '-', and begin and end with a letter or digit"
    package static let length = 1...40
    package static let pattern: String? = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"

    package let text: String

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard Self.length.contains(bytes.count), isPlain(bytes[0]), isPlain(bytes[bytes.count - 1]),
            bytes.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }
}

/// A host name in lower case (RFC 1123): labels of 1 to 63 letters, digits and inner hyphens.
package struct HostName: FieldText {
    package static let rule = "must be a host name in lower case such as billing.example.com"
    package static let length = 1...253
    package static let format: String? = "hostname"

    package let text: String

    package init?(_ text: String) {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard Self.length.contains(text.utf8.count),
            labels.allSatisfy({ label in
                let bytes = Array(label.utf8)
                return (1...63).contains(bytes.count) && bytes.first != UInt8(ascii: "-")
                    && bytes.last != UInt8(ascii: "-")
                    && bytes.allSatisfy {
                        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
                    }
            })
        else { return nil }
        self.text = text
    }
}

/// An address that mail can be sent to: one `@`, a local part of RFC 5321's length, a domain with a dot; all
/// ASCII. Kept as typed; compare by `folded`.
package struct EmailAddress: FieldText {
    package static let rule = "must be an e-mail address such as name@example.com"
    package static let length = 3...254
    package static let format: String? = "email"

    package let text: String

    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard Self.length.contains(text.utf8.count), parts.count == 2, (1...64).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy({ (33...126).contains($0) && !"<>()[]\\,;:\"".utf8.contains($0) }),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains(".."),
            parts[1].contains("."), parts[1].utf8.allSatisfy({ $0 < 128 }),
            HostName(parts[1].lowercased()) != nil
        else { return nil }
        self.text = text
    }

    /// The form in which two addresses of the same mailbox are taken as equal.
    package var folded: String { text.lowercased() }
}

/// An ISO 3166-1 alpha-2 country code, and `XK` (Kosovo), which the EU uses.
package struct CountryCode: FieldText {
    package static let rule = "must be a country code of ISO 3166-1 with two capital letters, such as DE"
    package static let length = 2...2
    package static let pattern: String? = "^[A-Z]{2}$"

    package let text: String

    package init?(_ text: String) {
        guard CountryCode.all.contains(text) else { return nil }
        self.text = text
    }

    private static let all = Set(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
        BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
        ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
        HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
        LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
        NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
        SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
        UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
        """.split(separator: " ").map(String.init))
}

/// A language tag of BCP 47 in its plain form: language, and optionally script and region.
package struct LanguageTag: FieldText {
    package static let rule = "must be a language tag such as de, de-DE or zh-Hant-TW"
    package static let length = 2...12
    package static let pattern: String? = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"

    package let text: String

    package init?(_ text: String) {
        guard text.wholeMatch(of: /[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?/) != nil
        else { return nil }
        self.text = text
    }
}

extension UInt8 {
    package var isASCIIAlphanumeric: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
