import BillingMath
import Kernel
import Web

struct TaxExemptionPath: Codable, Sendable {
    let id: TaxExemptionID
}

struct TaxExemptionQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let customerId: CustomerID?
}

struct NewTaxExemption: Codable, Sendable {
    let customerId: CustomerID
    /// The number of the certificate; it stands in the explanation of each line that it exempts.
    let certificate: Text<1, 60>
    /// Where it counts; wherever the customer lives unless told.
    let country: CountryCode?
    let validFrom: Day?
    /// The last day.
    let validThrough: Day?

    var exemption: TaxBuyer.Certificate {
        TaxBuyer.Certificate(
            number: certificate.text, country: country,
            validity: Validity(from: validFrom, through: validThrough))
    }
}

struct TaxExemptionBody: Versioned, Codable, Sendable {
    let id: TaxExemptionID
    let customerId: CustomerID
    let certificate: String
    let country: CountryCode?
    let validFrom: Day?
    let validThrough: Day?
    let version: Int
    let recordedAt: Instant
}

extension TaxExemptionBody {
    init(_ exemption: TaxExemption) {
        let certificate = exemption.certificate
        self.init(
            id: exemption.id, customerId: exemption.customer, certificate: certificate.number,
            country: certificate.country, validFrom: certificate.validity.from,
            validThrough: certificate.validity.through, version: exemption.version,
            recordedAt: exemption.recordedAt)
    }
}
