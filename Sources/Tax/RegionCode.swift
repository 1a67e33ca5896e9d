import Kernel

/// A part of a country by ISO 3166-2, without the country: `QC`, `NY`, `09`.
struct RegionCode: FieldText {
    static let rule =
        "must be the code of a part of the country by ISO 3166-2, without the country, such as QC"
    static let length = 1...3
    static let pattern: String? = "^[A-Z0-9]{1,3}$"
    static let example: String? = "QC"

    let text: String

    init?(_ text: String) {
        guard RegionCode.length.contains(text.utf8.count),
            text.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
        else { return nil }
        self.text = text
    }
}
