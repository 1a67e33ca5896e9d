import BillingMath
import Catalog
import Discounts
import Kernel
import Tenancy

/// A subscription with all that decides what is billed of it: as it is, or as a change makes it. A change is
/// made here first, where nothing is kept, so that a preview and the change itself come to the same.
struct SubscriptionHistory: Sendable {
    var subscription: Subscription
    /// In the order in which they were added.
    var items: [ItemHistory]
    let customer: BilledCustomer
    /// The earliest granted first.
    let discounts: [SubscriptionDiscount]
    /// What prices have become, or will.
    let followed: FollowedPrices
    /// The last day of which a move bills the terms that start by it, where it bills ahead. Terms in arrears
    /// are never billed ahead: they are not over.
    var billsThrough: Day?
    /// The day on which a move ends all that runs. What was used until then in arrears is billed with it.
    var endsOn: Day?
    var policies: PolicyCascade { customer.policies.with(subscription: subscription.policies) }
    var proration: Proration { Proration(by: policies) }

    /// The first day that belongs to what follows a change on `day`.
    func boundary(_ day: Day) -> Day {
        proration.changeDay == .preceding ? day.adding(days: 1) : day
    }

    /// The first day after `day` on which a change that is made already takes effect; nil when none is to
    /// come. The subscription's first day and a cancellation are none.
    func plannedOn(after day: Day) -> Day? {
        let spans = items.flatMap(\.changes)
        let starts = spans.map(\.startsOn).filter { $0 > subscription.anchor }
        let ends = spans.compactMap(\.endsOn).filter { end in
            subscription.cancelOn.map { end < $0 } ?? true
        }
        return (starts + ends).filter { $0 > day }.min()
    }
}

/// One item of it, with its schedules from the first to the last, and what was billed by them.
struct ItemHistory: Sendable {
    let id: SubscriptionItemID
    /// Made by the change.
    var isNew = false
    /// A billing run could not bill it: nobody does, until somebody has looked at it.
    var isQuarantined = false
    var removedOn: Day?
    var schedules: [SoldSchedule]
    /// The lines that billed terms of it, as far back as a change can reach.
    let billed: [BilledLine]

    /// From when to when it is one and the same: what goes on unchanged, after a plan that was withdrawn, is
    /// no change. Nor is that the day of what is paid once passes.
    var changes: [ScheduleSpan] {
        var sold: [SoldSchedule] = []
        for next in inOrder {
            guard let before = sold.last, next.goesOn(from: before) else {
                sold.append(next)
                continue
            }
            sold[sold.count - 1].schedule.extend(to: next.schedule.span.endsOn)
        }
        return sold.map(\.schedule).map { $0.isPaidOnce ? $0.span.ending(on: removedOn) : $0.span }
    }

    /// Those that hold on any day, in the order of their days: what is taken up again before a plan begins is
    /// made after it.
    var inOrder: [SoldSchedule] {
        schedules.filter { !$0.schedule.isEmpty }
            .sorted { $0.schedule.span.startsOn < $1.schedule.span.startsOn }
    }

    /// Whether it is part of the subscription on `day` no more.
    func isRemoved(on day: Day) -> Bool { removedOn.map { $0 <= day } ?? false }

    /// The one that was made last.
    var last: SoldSchedule { schedules[schedules.count - 1] }
}

/// A schedule and what it sells.
struct SoldSchedule: Sendable, Hashable {
    var schedule: ItemSchedule
    let offer: Offer
    /// Later terms that are billed already; see `DueItem`.
    var billedAhead: Set<Int> = []
    /// Made by the change.
    var isNew = false
}

/// What a price sells, and for how much.
struct Offer: Sendable, Hashable {
    let price: PriceID
    let product: ProductID
    let family: ProductFamilyID?
    let productName: String
    let taxClass: TaxClass
    let unit: UnitPrice
    /// Nil for what is paid once.
    let interval: Interval?
    let billed: BillingTiming

    var discountable: DiscountableOffer {
        DiscountableOffer(product: product, family: family, interval: interval)
    }
}

/// A line of an issued invoice that billed a term, and what was given back of it.
struct BilledLine: Sendable, Hashable {
    let schedule: Int
    let term: Int
    let span: DaySpan
    let invoice: InvoiceID
    let line: Int
    let description: String
    let netMinor: Int64
    var credits: [BillingRepair.Credit]
}

// What changes do to schedules. One that has ended is left alone; only the end that a plan has set, and that
// left no mark, is taken back.
extension ItemHistory {
    /// Nothing of it is billed from `day` on, or nothing by some of its schedules.
    mutating func close(on day: Day, where isClosed: (ScheduleSpan) -> Bool = { _ in true }) {
        for index in schedules.indices where isClosed(schedules[index].schedule.span) {
            schedules[index].schedule.close(on: day)
        }
    }

    /// From `day` on, or from the first of these terms, it is billed so; what is paid once on `day`.
    mutating func open(_ offer: Offer, _ quantity: Quantity, _ terms: Schedule, from day: Day, cancelOn: Day?)
    {
        let span =
            offer.interval == nil
            ? ScheduleSpan.once(on: day, cancelOn: cancelOn)
            : ScheduleSpan(
                terms, from: max(day, terms.anchor), cancelOn: cancelOn, inArrears: offer.billed == .inArrears
            )
        let first = span.schedule.number(runningOn: span.startsOn) ?? 0
        let before = schedules.last?.schedule
        // Nothing of it was ever billed: the fee moves on to what takes its place.
        let movesSetUp = before.map { $0.chargesSetUp && $0.isEmpty && $0.nextTerm == $0.firstTerm } ?? true
        let schedule = ItemSchedule(
            number: schedules.count + 1, product: offer.product, price: offer.price, quantity: quantity,
            span: span, firstTerm: first, nextTerm: first, chargesSetUp: movesSetUp,
            isPaidOnce: offer.interval == nil)
        schedules.append(SoldSchedule(schedule: schedule, offer: offer, isNew: true))
    }

    /// Takes what was sold up again on `day`, after a pause or a plan that was withdrawn, until `end`.
    mutating func reopen(_ sold: SoldSchedule, from day: Day, to end: Day? = nil) {
        open(
            sold.offer, sold.schedule.quantity, sold.schedule.terms, from: day,
            cancelOn: sold.schedule.span.cancelOn)
        if let end { schedules[schedules.count - 1].schedule.close(on: end) }
    }

    /// Nothing of it is billed from `day` on, until it is taken up again. What is planned for later stays
    /// planned, though nothing of it stays billed.
    mutating func pause(on day: Day) {
        let planned = inOrder.filter { $0.schedule.span.startsOn >= day }
        close(on: day)
        for sold in planned {
            reopen(sold, from: sold.schedule.span.startsOn, to: sold.schedule.span.endsOn)
        }
    }

    /// Ends on `day` a pause since `paused`: what was to hold then does, until the next plan or its removal.
    mutating func endPause(since paused: Day, on day: Day) {
        let running = inOrder.last { $0.schedule.span.startsOn <= day }
        for index in schedules.indices {
            let start = schedules[index].schedule.span.startsOn
            if start >= paused, start <= day { schedules[index].schedule.close(on: start) }
        }
        guard let running, !isRemoved(on: day) else { return }
        // What was paid once before the pause is not paid again.
        if running.schedule.isPaidOnce, running.schedule.span.startsOn < paused { return }
        let next = inOrder.map(\.schedule.span.startsOn).first { $0 > day }
        reopen(running, from: day, to: [removedOn, next].compactMap { $0 }.min())
    }

    /// Ends the schedules at their first term that is not billed and starts from `suspended` on and before
    /// `day`. Returns whether there was one.
    @discardableResult
    mutating func leaveOut(from suspended: Day?, before day: Day) -> Bool {
        var missed = false
        for index in schedules.indices {
            guard let start = schedules[index].firstMissed(from: suspended, before: day) else { continue }
            missed = true
            schedules[index].schedule.close(on: start)
        }
        return missed
    }

    /// Leaves out the terms that start from `suspended` on and before `resumed`, and bills the rest of the
    /// one that runs then. Does nothing where none was missed.
    mutating func skip(from suspended: Day?, to resumed: Day) {
        guard !isRemoved(on: resumed) else { return }
        let running = inOrder.last { $0.schedule.span.startsOn <= resumed }
        let missed = leaveOut(from: suspended, before: resumed)
        if missed, let running, running.schedule.isPaidOnce { return reopen(running, from: resumed) }
        guard missed, let running, running.schedule.span.endsOn.map({ $0 > resumed }) ?? true else { return }
        // It goes on where it began with the resumption, or was billed before the suspension.
        let goesOn = schedules.contains {
            $0.schedule.number == running.schedule.number && $0.holds(on: resumed)
        }
        if !goesOn { reopen(running, from: resumed, to: running.schedule.span.endsOn) }
    }
}

extension SoldSchedule {
    fileprivate func goesOn(from before: SoldSchedule) -> Bool {
        schedule.span.startsOn == before.schedule.span.endsOn
            && (offer == before.offer || schedule.followsPrice)
            && schedule.quantity == before.schedule.quantity && schedule.terms == before.schedule.terms
    }

    fileprivate func holds(on day: Day) -> Bool {
        schedule.span.startsOn <= day && schedule.span.endsOn.map { $0 > day } ?? true
    }

    /// Whether its end, of which a plan said when, has left no mark on what was billed: it may as well go on.
    func mayGoOn(after lines: [BilledLine]) -> Bool {
        var open = schedule
        open.extend(to: nil)
        return lines.filter { $0.schedule == schedule.number }.allSatisfy { line in
            line.credits.isEmpty && line.span == open.span.term(line.term)?.term.days
        }
    }

    /// The start of the first term that is not billed and started while the subscription was suspended.
    fileprivate func firstMissed(from suspended: Day?, before resumed: Day) -> Day? {
        var number = schedule.nextTerm
        while let start = schedule.span.start(of: number), start < resumed {
            if !billedAhead.contains(number), suspended.map({ start >= $0 }) ?? true { return start }
            number += 1
        }
        return nil
    }
}
