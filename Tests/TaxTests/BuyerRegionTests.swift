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
