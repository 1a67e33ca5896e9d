import BillingMath
import Kernel
import Web

/// What a document says of one category and rate, as EN 16931 wants it.
struct TaxSubtotalBody: Codable, Sendable {
    let category: TaxCategory
    /// As the tax is called; null where nothing is charged, like the country's.
    let name: String?
    let country: CountryCode?
    /// The part of the country that levies it.
    let region: String?
    let percent: TaxRate
    /// Charged on the taxes before it too.
    let compound: Bool
    /// What is taxed, before any tax.
    let net: Money
    let tax: Money
    /// Why it is taxed like this, or not: country_rate, reverse_charge.
    let reason: String
    /// Of the customer's exemption.
    let certificate: String?
    /// Of the European list VATEX, where it has one.
    let exemptionCode: String?
}

/// One tax that a line bears.
struct LineTaxBody: Codable, Sendable {
    let name: String
    let country: CountryCode
    let region: String?
    let percent: TaxRate
    /// Charged on the taxes before it too.
    let compound: Bool
    let tax: Money
}

extension TaxSubtotalBody {
    static func all(_ groups: [TaxRecord.Group]?, in currency: Currency) -> [TaxSubtotalBody] {
        (groups ?? []).map { group in
            TaxSubtotalBody(
                category: group.category, name: group.name, country: group.country, region: group.region,
                percent: group.percent, compound: group.compound ?? false,
                net: Money(group.net, currency), tax: Money(group.tax, currency), reason: group.reason,
                certificate: group.certificate, exemptionCode: group.category.exemptionCode)
        }
    }
}

extension LineTaxBody {
    static func all(_ components: [TaxRecord.Component]?, in currency: Currency) -> [LineTaxBody] {
        (components ?? []).map { component in
            LineTaxBody(
                name: component.name, country: component.country, region: component.region,
                percent: component.percent, compound: component.compound ?? false,
                tax: Money(component.amount, currency))
        }
    }
}
