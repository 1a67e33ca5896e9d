import BillingMath
import Kernel
import Web

struct TaxRegistrationPath: Codable, Sendable {
    let id: TaxRegistrationID
}

struct TaxRegistrationQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct NewTaxRegistration: Codable, Sendable {
    let country: CountryCode
    /// Of a state or province that registers for itself, by ISO 3166-2 without the country.
    let region: RegionCode?
    /// What the authority calls the provider, such as a VAT number.
    let number: Text<1, 40>?
    /// `standard` unless told.
    let scheme: TaxRegistration.Scheme?
    let validFrom: Day?
    /// The last day.
    let validThrough: Day?

    var registration: TaxRegistration {
        TaxRegistration(
            country, region: region?.text, scheme: scheme ?? .standard,
            validity: Validity(from: validFrom, through: validThrough))
    }
}

struct TaxRegistrationBody: Versioned, Codable, Sendable {
    let id: TaxRegistrationID
    let country: CountryCode
    let region: String?
    let number: Text<1, 40>?
    let scheme: TaxRegistration.Scheme
    let validFrom: Day?
    let validThrough: Day?
    let version: Int
    let recordedAt: Instant
}

extension TaxRegistrationBody {
    init(_ entry: TaxRegistrationEntry) {
        let registration = entry.registration
        self.init(
            id: entry.id, country: registration.country, region: registration.region, number: entry.number,
            scheme: registration.scheme, validFrom: registration.validity.from,
            validThrough: registration.validity.through, version: entry.version,
            recordedAt: entry.recordedAt)
    }
}
