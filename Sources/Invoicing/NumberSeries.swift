import BillingMath
import Kernel

/// Where the numbers of one kind of document come from on one day: gapless, 1…N, by the tenant's format.
struct NumberSeries: Sendable, Hashable {
    enum Kind: String, Sendable {
        case invoice
        case creditNote = "credit_note"
    }

    let kind: Kind
    /// The year of the issue date, or 0 for a series that never starts again.
    let year: Int32
    let prefix: String
    /// Shorter numbers are padded with zeros; longer ones are not cut.
    let width: Int32
    let suffix: String

    init(_ kind: Kind, _ format: NumberFormat, on day: Day) {
        let affixes = format.affixes(year: day.year)
        self.kind = kind
        year = format.restartsYearly ? Int32(day.year) : 0
        prefix = affixes.prefix
        width = Int32(affixes.width)
        suffix = affixes.suffix
    }
}
