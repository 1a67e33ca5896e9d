package import BillingMath
import Kernel
package import Web

struct TaxRatePath: Codable, Sendable {
    let country: CountryCode
}

struct TaxRateQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct TaxRateSetting: Codable, Sendable {
    let name: Text<1, 60>
    let percent: TaxRate

    func draft(for country: CountryCode) -> TaxRates.Draft {
        TaxRates.Draft(country: country, name: name, rate: percent)
    }
}

struct TaxRateBody: Versioned, Codable, Sendable {
    let country: CountryCode
    let name: Text<1, 60>
    let percent: TaxRate
    let version: Int
    let recordedAt: Instant
}

extension TaxRateBody {
    init(_ entry: TaxRateEntry) {
        self.init(
            country: entry.country, name: entry.name, percent: entry.rate, version: entry.version,
            recordedAt: entry.recordedAt)
    }
}

extension TaxRate: HasSchema {
    package static var schema: JSONSchema {
        .text(
            #"must be a percentage from 0 to 100 as text with at most four decimals, such as "19" or "8.1""#,
            example: "19", pattern: "^[0-9]{1,3}(\\.[0-9]{1,4})?$",
            parse: { (try? TaxRate(percent: $0)) != nil })
    }
}
