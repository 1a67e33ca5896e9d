import BillingMath
import Foundation
import Kernel
import Testing

@Suite("Explanations of credits that are read back")
struct ExplainedCreditTests {
    @Test("The days that are given back are told, and what they are worth")
    func unusedTime() throws {
        let json = try written(from: "2026-12-20", at: 1999, amountMinor: 774)
        let credit = try ExplainedCredit(json: json)
        #expect(
            credit.sentences == [
                "Given back: 2026-12-20 through 2026-12-31 (12 days), which are no longer used.",
                "The whole term is 2026-12-01 through 2026-12-31 (31 days) and costs 19.99 EUR before tax.",
                "The part is 12 of 31 days: 19.99 × 12/31 = 5997/775, rounded half up: 7.74 EUR.",
                "The day of a change belongs to what follows it.",
                "Parts of a term counted in days: as MPanel ships it, nobody decided otherwise.",
            ])
        #expect(try credit.recomputed.decimal == "7.74")
    }

    @Test("What a line says it gives back is not what it is recomputed from")
    func independent() throws {
        let credit = try ExplainedCredit(json: try written(from: "2026-12-20", at: 1999, amountMinor: 775))
        #expect(credit.amount.decimal == "7.75")
        #expect(try credit.recomputed.decimal == "7.74")
    }

    @Test("Another rule, a field less or another currency is refused")
    func refused() throws {
        let json = try written(from: "2026-12-20", at: 3100, amountMinor: 1200)
        for (old, new) in [
            (#""rule":"unused_time""#, #""rule":"recurring""#), (#""policies":"#, #""x":"#),
            (#""proration":"#, #""x":"#), (#""zone":"GMT""#, #""zone":"Mars/Base""#),
            (#""unit":"day""#, #""unit":"hour""#), (#""change_day":"following""#, #""change_day":"both""#),
            (#""fraction":"12/31""#, #""fraction":"0.387""#),
            (#""end":"2027-01-01""#, #""end":"2026-12-20""#),
            (#""amount":1200,"currency":"EUR""#, #""amount":1200,"currency":"USD""#),
            (#""whole_amount":"#, #""x":"#), (#""whole_end":"#, #""x":"#),
        ] {
            let changed = json.replacing(old, with: new)
            try #require(changed != json, "\(old)")
            #expect(throws: DecodingError.self, "\(new)") { try ExplainedCredit(json: changed) }
        }
    }

    /// From a day of December 2026 on, of a term that is the month.
    private func written(from day: String, at priceMinor: Int64, amountMinor: Int64) throws -> String {
        let whole = try #require(DaySpan(try Day(row: "2026-12-01"), try Day(row: "2027-01-01")))
        let unused = try #require(DaySpan(try Day(row: day), whole.end))
        return CreditExplanation(
            BillingRepair.Credit(unused, amountMinor: amountMinor),
            at: BillingRepair.Rate(name: "web", priceMinor: priceMinor, whole: whole),
            in: try #require(Currency("EUR")), by: Proration(), .gmt,
            naming: [AppliedPolicy(name: "proration_unit", value: .word("day"), level: "system")]
        ).json
    }
}
