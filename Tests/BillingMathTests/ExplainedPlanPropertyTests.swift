import BillingMath
import Foundation
import Kernel
import Seeds
import Testing

@Suite("What holds for every explanation of a plan")
struct ExplainedPlanPropertyTests {
    /// 40 seeds of 250 plans.
    @Test("Every line that is planned comes to its net and tax again from its explanation", arguments: seeds)
    func recomputed(seed: UInt64) throws {
        var random = Seeded(seed)
        var parts = 0
        for _ in 0..<250 {
            let (items, rules) = try customer(using: &random)
            let plan = InvoicePlan(items: items, rules: rules)
            #expect(plan.failures.isEmpty, "seed \(seed)")
            for invoice in plan.invoices {
                let lines = try invoice.lines.map { line in
                    try ExplainedLine(
                        json: Explanation(
                            line, of: invoice, for: items[line.item], price: .new(), rules: rules
                        ).json)
                }
                let amounts = try ExplainedLine.recomputed(lines)
                #expect(amounts.map(\.net.amountMinor) == invoice.lines.map(\.netMinor), "seed \(seed)")
                #expect(amounts.map(\.tax.amountMinor) == invoice.lines.map(\.taxMinor), "seed \(seed)")
                #expect(amounts.allSatisfy { $0.net.currency == invoice.currency }, "seed \(seed)")
                for (line, planned) in zip(lines, invoice.lines) {
                    #expect((line.part != nil) == planned.charge.isPart, "seed \(seed)")
                    #expect(line.term?.days == planned.term.days, "seed \(seed)")
                    let inArrears = items[planned.item].span.inArrears
                    #expect(line.term?.billed == (inArrears ? .inArrears : .inAdvance), "seed \(seed)")
                    #expect(line.amount.amountMinor == planned.netMinor, "seed \(seed)")
                }
                parts += lines.count { $0.part != nil }
            }
        }
        #expect(parts > 50, "seed \(seed): \(parts)")
    }

    /// A customer of any plan, whose items begin and mostly end within a term.
    private func customer(using random: inout Seeded) throws -> ([DueItem], BillingRules) {
        let (items, rules) = try InvoicePlanPropertyTests.customer(using: &random)
        let zones = try ["GMT", "Europe/Berlin", "America/New_York"].map {
            try #require(TimeZone(identifier: $0))
        }
        return (
            try items.map { try cut($0, using: &random) },
            BillingRules(
                throughDay: rules.throughDay, issuedOn: rules.issuedOn, tax: rules.tax,
                zone: zones.randomElement(using: &random)!,
                termLimit: 3)
        )
    }

    private func cut(_ item: DueItem, using random: inout Seeded) throws -> DueItem {
        let first = try #require(item.schedule.term(item.nextTerm))
        let length = first.start.days(until: first.end)
        let start = first.start.adding(days: Int.random(in: 0..<length, using: &random))
        let isEnded = Int.random(in: 0..<4, using: &random) > 0
        let sign: Int64 = Int.random(in: 0..<8, using: &random) == 0 ? -1 : 1
        return DueItem(
            span: ScheduleSpan(
                item.schedule, from: start,
                to: isEnded
                    ? start.adding(days: Int.random(in: 1...(2 * length), using: &random)) : nil,
                cancelOn: item.span.cancelOn, inArrears: item.span.inArrears),
            nextTerm: item.nextTerm, quantity: item.quantity,
            price: UnitPrice(
                currency: item.price.currency, recurringMinor: sign * item.price.recurringMinor,
                setUpMinor: item.price.setUpMinor),
            setUpTerm: item.nextTerm,
            proration: Proration(
                unit: Proration.Unit.allCases.randomElement(using: &random)!,
                changeDay: Proration.ChangeDay.allCases.randomElement(using: &random)!,
                rounding: Rounding.allCases.randomElement(using: &random)!))
    }
}
