package import Foundation
package import Kernel

/// Why a credit gives back what it does of a term that was billed, complete enough to redo it by hand: JSON,
/// as an `Explanation` is.
package struct CreditExplanation: Sendable {
    private let part: TermPart
    private let amountMinor: Int64
    private let currency: Currency
    private let policies: [AppliedPolicy]

    /// `amountMinor`, not negative, is given back for `span` of a term that was billed at `rate`.
    package init(
        _ credit: BillingRepair.Credit, at rate: BillingRepair.Rate, in currency: Currency,
        by rule: Proration, _ zone: TimeZone, naming policies: [AppliedPolicy]
    ) {
        part = TermPart(
            part: credit.span, whole: rate.whole, wholeMinor: rate.priceMinor, rule: rule, zone: zone)
        amountMinor = credit.amountMinor
        self.currency = currency
        self.policies = policies
    }

    package var json: String {
        let names = policies.reduce(0) { $0 + $1.longestJSON }
        return JSONBytes.object(capacity: 256 + TermPart.longestJSON + names) { json in
            json.string("rule", "unused_time")
            json.money("amount", amountMinor, currency)
            json.object("proration") { part.write(into: &$0, as: amountMinor, in: currency) }
            json.object("policies") { for policy in policies { policy.write(into: &$0) } }
        }
    }
}
