import BillingMath
import Foundation
import Kernel
import Seeds
import Testing

@Suite("What holds for every invoice plan")
struct InvoicePlanPropertyTests {
    @Test("A second plan after the first has been applied adds nothing", arguments: seeds)
    func secondRun(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let (items, rules) = try Self.customer(using: &random)
            let first = InvoicePlan(items: items, rules: rules)
            #expect(first.failures.isEmpty, "seed \(seed)")
            let second = InvoicePlan(items: zip(items, first.next).map { $0.standing(at: $1) }, rules: rules)
            #expect(second.invoices.isEmpty, "seed \(seed)")
            #expect(second.next == first.next, "seed \(seed)")
        }
    }

    @Test("A run on an earlier day and then one today give what one run today gives", arguments: seeds)
    func splitRun(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let (items, rules) = try Self.customer(using: &random)
            let earlier = rules.throughDay.adding(days: -Int.random(in: 0...200, using: &random))
            let earlierRules = BillingRules(
                throughDay: earlier, issuedOn: rules.issuedOn, tax: rules.tax, zone: .gmt,
                termLimit: rules.termLimit)
            let first = InvoicePlan(items: items, rules: earlierRules)
            let second = InvoicePlan(items: zip(items, first.next).map { $0.standing(at: $1) }, rules: rules)
            let whole = InvoicePlan(items: items, rules: rules)
            #expect(first.invoices + second.invoices == whole.invoices, "seed \(seed)")
            #expect(second.next == whole.next, "seed \(seed)")
        }
    }

    @Test("Runs that stop at a limit of terms end up where one run without a limit does", arguments: seeds)
    func limitedRuns(seed: UInt64) throws {
        var random = Seeded(seed)
        let (items, rules) = try Self.customer(using: &random)
        let limited = BillingRules(
            throughDay: rules.throughDay, issuedOn: rules.issuedOn, tax: rules.tax, zone: .gmt, termLimit: 3)
        let whole = InvoicePlan(items: items, rules: rules)
        var current = items
        var terms = 0
        while true {
            let plan = InvoicePlan(items: current, rules: limited)
            if plan.invoices.isEmpty { break }
            terms += plan.invoices.flatMap(\.lines).count { $0.charge.kind == .recurring }
            current = zip(current, plan.next).map { $0.standing(at: $1) }
        }
        #expect(current.map(\.nextTerm) == whole.next.map(\.number), "seed \(seed)")
        #expect(
            terms == whole.invoices.flatMap(\.lines).count { $0.charge.kind == .recurring }, "seed \(seed)")
    }

    @Test("Sums agree: lines make up net and tax, and net + tax = gross", arguments: seeds)
    func sums(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let (items, rules) = try Self.customer(using: &random)
            for invoice in InvoicePlan(items: items, rules: rules).invoices {
                #expect(invoice.lines.map(\.netMinor).reduce(0, +) == invoice.netMinor, "seed \(seed)")
                #expect(invoice.lines.map(\.taxMinor).reduce(0, +) == invoice.taxMinor, "seed \(seed)")
                #expect(invoice.netMinor + invoice.taxMinor == invoice.grossMinor, "seed \(seed)")
            }
        }
    }

    @Test("Each due term is billed once, on the invoice of its day and currency", arguments: seeds)
    func coverage(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<250 {
            let (items, rules) = try Self.customer(using: &random)
            let plan = InvoicePlan(items: items, rules: rules)
            let keys = plan.invoices.map { "\($0.serviceDay) \($0.currency)" }
            #expect(keys == Set(keys).sorted(), "one invoice per day and currency, in order; seed \(seed)")
            for (index, item) in items.enumerated() {
                let billed = plan.invoices.flatMap { invoice in
                    invoice.lines.filter { line in
                        line.item == index && line.charge.kind == .recurring
                            && (item.span.inArrears ? line.term.end : line.term.start) == invoice.serviceDay
                            && item.price.currency == invoice.currency
                    }
                }
                // Said anew in the plainest way: every day of the calendar up to the last is looked at.
                let end = min(rules.throughDay.adding(days: 1), item.span.cancelOn ?? .last)
                let days = max(0, item.schedule.anchor.days(until: end))
                let due = (0..<days).compactMap { after in
                    item.schedule.number(startingOn: item.schedule.anchor.adding(days: after))
                }.filter { number in
                    guard item.span.inArrears else { return number >= item.nextTerm }
                    return number >= item.nextTerm
                        && item.schedule.start(of: number + 1)! <= rules.throughDay
                }
                #expect(billed.map(\.term.number) == due, "seed \(seed), item \(index)")
                let lines = plan.invoices.flatMap(\.lines)
                let setUps = lines.count { $0.item == index && $0.charge.kind == .setUp }
                #expect(setUps == (due.contains(0) && item.price.setUpMinor != 0 ? 1 : 0), "seed \(seed)")
            }
        }
    }

    /// One to five items, up to four years behind, in at most three currencies.
    static func customer(using random: inout Seeded) throws -> ([DueItem], BillingRules) {
        let currencies = try ["EUR", "JPY", "KWD"].map { try #require(Currency($0)) }
        let items = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            let schedule = Schedule.random(using: &random)
            let isCancelled = Int.random(in: 0..<4, using: &random) == 0
            return DueItem(
                span: ScheduleSpan(
                    schedule,
                    cancelOn: isCancelled
                        ? schedule.anchor.adding(days: Int.random(in: 0...900, using: &random)) : nil,
                    inArrears: Int.random(in: 0..<3, using: &random) == 0),
                nextTerm: Int.random(in: 0...5, using: &random),
                quantity: Quantity(micros: Int64.random(in: 1...5, using: &random) * 500_000),
                price: UnitPrice(
                    currency: currencies.randomElement(using: &random)!,
                    recurringMinor: Int64.random(in: 0...20_000, using: &random),
                    setUpMinor: Bool.random(using: &random) ? 0 : Int64.random(in: 1...5000, using: &random)))
        }
        let tax = CustomerTax(
            rate: try #require(TaxRate(ratePPM: Int.random(in: 0...270_000, using: &random))),
            rounding: Bool.random(using: &random) ? .line : .invoice, reason: .exempt)
        let day = try #require(Day("2023-06-30")).adding(days: Int.random(in: -700...700, using: &random))
        return (items, BillingRules(throughDay: day, issuedOn: day, tax: tax, zone: .gmt, termLimit: 5000))
    }
}
