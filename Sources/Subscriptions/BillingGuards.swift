import BillingMath
import Kernel

/// What no billing run does, whatever the rows say: what would, is left alone for a person to look at.
enum BillingGuards {
    /// Lines of one item, billed and planned, that start on one day. Each change of an item may open another
    /// schedule, each with lines of its own: something that changes an item in a loop is stopped here, before
    /// the customer gets an invoice of a thousand lines. Terms of the past start on days of their own, so
    /// that catching up trips nothing.
    static let linesADay = BillingRepair.Guards().linesADay

    /// How far ahead of today a line may start: a slip in the year, of a request or a clock, must not issue
    /// invoices for a lifetime.
    static let horizonMonths = 36

    static func horizon(from today: Day) -> Day {
        Interval(1, .month).flatMap { today.adding(horizonMonths, $0) } ?? .last
    }
}

/// Lines by the item that they bill and the day on which they start.
struct LineCounts: Sendable {
    struct Place: Hashable, Sendable {
        let item: SubscriptionItemID
        let day: Day
    }

    private var counts: [Place: Int]
    /// Those of other items are not counted.
    private let items: Set<SubscriptionItemID>

    static let none = LineCounts(of: [], billed: [:])

    init(of items: Set<SubscriptionItemID>, billed: [Place: Int]) {
        self.items = items
        counts = billed
    }

    /// Where a plan would add a line to as many as there may be, or nil.
    func surplus(in plan: InvoicePlan, of rows: [DueRow]) -> Place? {
        if items.isEmpty { return nil }
        var counts = counts
        for invoice in plan.invoices {
            for line in invoice.lines where items.contains(rows[line.item].itemID) {
                let place = Place(item: rows[line.item].itemID, day: line.term.start)
                if counts[place, default: 0] == BillingGuards.linesADay { return place }
                counts[place, default: 0] += 1
            }
        }
        return nil
    }
}
