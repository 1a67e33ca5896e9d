import BillingMath
import Kernel
import Testing

@testable import Tax

@Suite("The region of a customer")
struct BuyerRegionTests {
    static let rows: [(written: String?, country: String, region: String?)] = [
        ("QC", "CA", "QC"), ("qc", "CA", "QC"), ("CA-QC", "CA", "QC"), ("ca-qc", "CA", "QC"),
        ("NY", "US", "NY"), ("09", "ES", "09"), (nil, "CA", nil), ("Quebec", "CA", nil), ("", "CA", nil),
        ("US-NY", "CA", nil),
    ]

    @Test("A code of ISO 3166-2 is one however it is written; a name is none", arguments: rows)
    func region(written: String?, country: String, region: String?) throws {
        #expect(TaxBuyer.region(written, in: try #require(CountryCode(country))) == region)
    }
}

@Suite("A customer that is a business")
struct BuyerKindTests {
    static let rows: [(country: String, isCompany: Bool, taxID: String?, isBusiness: Bool)] = [
        ("FR", true, "FR40303265045", true), ("FR", true, "fr 40 303 265 045", true),
        ("GR", true, "EL094259216", true), ("GR", true, "GR094259216", false),
        ("ES", true, "ESX9999999X", true), ("AT", true, "ATU13585627", true),
        // Of another country, of a person, of no form, and none
        ("FR", true, "DE136695976", false), ("FR", false, "FR40303265045", false),
        ("FR", true, "40303265045", false), ("FR", true, "FR", false), ("FR", true, "FRABC", false),
        ("FR", true, "FR40/303", false), ("FR", true, nil, false),
    ]

    @Test("is a company with a VAT number of its own country", arguments: rows)
    func kind(_ row: (country: String, isCompany: Bool, taxID: String?, isBusiness: Bool)) throws {
        let country = try #require(CountryCode(row.country))
        #expect(
            TaxBuyer.isBusiness(isCompany: row.isCompany, taxID: row.taxID, in: country) == row.isBusiness)
    }
}
