package import Foundation

/// A time zone of the IANA data base, such as `Europe/Berlin`.
package struct ZoneName: FieldText {
    package static let rule = "must be a time zone of the IANA data base such as Europe/Berlin"
    package static let length = 1...64

    package static let utc = ZoneName(text: "UTC", zone: .gmt)

    package let text: String
    package let zone: TimeZone

    private init(text: String, zone: TimeZone) {
        self.text = text
        self.zone = zone
    }

    package init?(_ text: String) {
        // TimeZone also takes abbreviations such as "CEST", which do not say when they apply, and names with
        // a NUL behind them, which PostgreSQL cannot store.
        guard text == "UTC" || text.contains("/"),
            text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "/_+-".utf8.contains($0) }),
            let zone = TimeZone(identifier: text)
        else { return nil }
        self.text = text
        self.zone = zone
    }
}
