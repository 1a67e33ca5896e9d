import BillingMath
import Kernel
import Testing

@testable import Tax

@Suite struct TaxDecisionTests {
    private func decision(_ country: String, exempt: Bool) throws -> TaxDecision {
        let germany = TaxRateEntry(
            country: try #require(CountryCode("DE")), name: try #require(Text("MwSt")),
            rate: try TaxRate(percent: "19"), version: 1, recordedAt: Instant(microseconds: 0))
        return TaxDecision(
            country: try #require(CountryCode(country)), isExempt: exempt, rates: [germany.country: germany])
    }

    @Test(
        "the country's rate applies, unless the customer is exempt or there is none",
        arguments: [
            ("DE", false, 190_000, "MwSt"), ("DE", true, 0, "exempt"),
            ("FR", false, 0, "no rate for country"),
            ("FR", true, 0, "exempt"),
        ])
    func decide(country: String, exempt: Bool, ratePPM: Int, reason: String) throws {
        let decision = try decision(country, exempt: exempt)
        #expect(Int(decision.rate.ratePPM) == ratePPM)
        #expect(decision.reasonText == reason)
    }
}
