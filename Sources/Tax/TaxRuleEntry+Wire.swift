import BillingMath
import Kernel
import Web

struct TaxRulePath: Codable, Sendable {
    let id: TaxRuleID
}

struct TaxRuleQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let country: CountryCode?
}

/// What one tax comes to for some customers, some products and some time.
struct NewTaxRule: Codable, Sendable {
    let country: CountryCode
    /// By ISO 3166-2 without the country, such as QC; all of the country unless told.
    let region: RegionCode?
    /// Which tax it is a rate of, such as vat: of the rules that fit, one of each tax counts, and different
    /// taxes add up.
    let tax: TaxClass
    /// As it stands on invoices.
    let name: Text<1, 60>
    let percent: TaxRate
    /// Whatever is sold unless told.
    let taxClass: TaxClass?
    /// Whether what bears 0 % is taxed at a rate of zero, which it is unless told, or is exempt.
    let zeroMeans: ZeroMeaning?
    /// In which order the taxes are charged; 0 unless told.
    let order: Whole<0, 9>?
    /// Whether it is charged on the taxes before it too.
    let compound: Bool?
    let validFrom: Day?
    /// The last day.
    let validThrough: Day?

    var rule: TaxRule {
        var terms = TaxRule.Terms()
        terms.taxClass = taxClass
        terms.zeroMeans = zeroMeans == .exempt ? .exempt : .zeroRated
        terms.place = order?.value ?? 0
        terms.isCompound = compound ?? false
        terms.validity = Validity(from: validFrom, through: validThrough)
        return TaxRule(
            country, region: region?.text, tax: tax.text, name: name.text, rate: percent, terms: terms)
    }
}

enum ZeroMeaning: String, Codable, Sendable, CaseIterable {
    case zeroRated = "zero_rated"
    case exempt
}

/// How long a rule, a registration or an exemption holds.
struct ValidityChange: Codable, Sendable {
    /// The last day; null: for ever.
    let validThrough: Patch<Day>
}

struct TaxRuleBody: Versioned, Codable, Sendable {
    let id: TaxRuleID
    let country: CountryCode
    /// Null: all of the country.
    let region: String?
    let tax: String
    let name: String
    let percent: TaxRate
    /// Null: whatever is sold.
    let taxClass: TaxClass?
    let zeroMeans: ZeroMeaning
    let order: Int
    let compound: Bool
    let validFrom: Day?
    let validThrough: Day?
    let version: Int
    let recordedAt: Instant
}

extension TaxRuleBody {
    init(_ entry: TaxRuleEntry) {
        let rule = entry.rule
        self.init(
            id: entry.id, country: rule.country, region: rule.region, tax: rule.tax, name: rule.name,
            percent: rule.rate, taxClass: rule.taxClass,
            zeroMeans: rule.zeroMeans == .exempt ? .exempt : .zeroRated, order: rule.place,
            compound: rule.isCompound, validFrom: rule.validity.from, validThrough: rule.validity.through,
            version: entry.version, recordedAt: entry.recordedAt)
    }
}
