package import Kernel

/// Who buys, as the law wants it on a document: a copy of the customer at the moment of issue.
package struct Buyer: Sendable, Hashable, Codable {
    /// What the provider calls the customer.
    package let reference: String?
    package let companyName: String?
    /// Of the person, or of the person to talk to at the company.
    package let name: String
    package let street: String
    package let postalCode: String
    package let city: String
    package let region: String?
    package let country: CountryCode
    package let taxID: String?

    /// The names in the snapshot are those of the API and of the customer's own columns.
    private enum CodingKeys: String, CodingKey {
        case reference
        case companyName = "company_name"
        case name, street
        case postalCode = "postal_code"
        case city, region, country
        case taxID = "tax_id"
    }
}
