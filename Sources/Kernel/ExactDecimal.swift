/// A decimal number exactly as it was written: for unit prices below a minor unit, and for percentages.
package struct ExactDecimal: FieldText {
    package static let rule =
        "must be a decimal number as text, such as \"0.00042\", of at most 18 digits, 12 behind the point"
    package static let length = 1...20
    package static let pattern: String? = #"^-?[0-9]+(\.[0-9]{1,12})?$"#
    package static let zero = ExactDecimal(text: "0", units: 0, scale: 0)

    package let text: String
    /// The number is `units` × 10^-`scale`.
    package let units: Int64
    package let scale: Int

    private init(text: String, units: Int64, scale: Int) {
        self.text = text
        self.units = units
        self.scale = scale
    }

    package init?(_ text: String) {
        let fraction =
            text.firstIndex(of: ".").map { text.utf8.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        guard text.utf8.count <= 20, text.utf8.count(where: { (48...57).contains($0) }) <= 18, fraction <= 12,
            let units = try? DecimalText.parse(text, decimals: fraction)
        else { return nil }
        self.init(text: text, units: units, scale: fraction)
    }
}
