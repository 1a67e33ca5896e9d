package import BillingMath
package import Catalog
package import Kernel

/// By what an item is billed: how many of it at one price version, in terms of one interval from an anchor,
/// from one day to another. A change closes it and opens the next.
package struct ItemSchedule: Sendable, Hashable {
    /// Counted from 1.
    package let number: Int
    package let product: ProductID
    package let price: PriceID
    package let quantity: Quantity
    package internal(set) var span: ScheduleSpan
    /// The first term that it bills, or a part of which. Terms before it were billed by a former system or by
    /// the schedule before.
    package let firstTerm: Int
    /// The first term that is not billed yet.
    package internal(set) var nextTerm: Int
    /// Whether the set-up fee comes with its first term.
    package let chargesSetUp: Bool
    /// Whether its price has no interval: it is billed for its one day, and nothing renews it.
    package let isPaidOnce: Bool
    /// Whether it goes on where another ended because the price of that one was changed: no change of the
    /// subscription.
    package var followsPrice = false

    package var terms: Schedule { span.schedule }
    package var billed: BillingTiming { span.inArrears ? .inArrears : .inAdvance }

    /// The day on which the next term is billed; nil when none ever will be.
    package var nextDueOn: Day? { span.dueOn(nextTerm) }

    /// Undone before it began.
    var isEmpty: Bool { span.endsOn == span.startsOn }

    /// When the term that runs on `day` ends; the anchor when none has begun.
    func endOfTerm(runningOn day: Day) -> Day? {
        guard let number = terms.number(runningOn: day) else { return terms.anchor }
        return terms.start(of: number + 1)
    }

    /// Of what is paid once, whether its day has passed.
    func isPast(on day: Day) -> Bool { isPaidOnce && span.endsOn.map { $0 <= day } ?? false }

    /// Ends it on `day`, unless it has ended before.
    mutating func close(on day: Day) {
        let end = max(span.startsOn, span.endsOn.map { min($0, day) } ?? day)
        span = span.ending(on: end)
    }

    /// Ends it later, or never.
    mutating func extend(to day: Day?) {
        span = span.ending(on: day)
    }

    mutating func cancel(on day: Day?) {
        span = span.cancelled(on: day)
    }
}

/// One product in a subscription, and by which schedules it was, is and will be billed.
package struct SubscriptionItem: Sendable, Hashable {
    package let id: SubscriptionItemID
    package let subscription: SubscriptionID
    /// The day from which on it is no longer part of the subscription.
    package let removedOn: Day?
    /// In the order in which they were made; at least one. What is taken up again before a plan begins is
    /// made after it.
    package let schedules: [ItemSchedule]

    /// The one that holds on a day: else the next that will, else the last that did.
    func schedule(on day: Day) -> ItemSchedule {
        let real = inOrder
        return real.last { $0.span.startsOn <= day && ($0.span.endsOn.map { $0 > day } ?? true) }
            ?? real.first { $0.span.startsOn > day } ?? real.last ?? schedules[schedules.count - 1]
    }

    /// Those that hold on any day, in the order of their days.
    var inOrder: [ItemSchedule] {
        schedules.filter { !$0.isEmpty }.sorted { $0.span.startsOn < $1.span.startsOn }
    }
}

extension SubscriptionItem {
    /// An item as it begins, with the subscription's first term, or where a former system left it. What is
    /// paid once has no terms: it is billed on the subscription's first day.
    package init(
        of subscription: Subscription, _ price: Price, quantity: Quantity, terms: Schedule?,
        billedTerms: Int? = nil
    ) {
        let start = max(subscription.anchor, terms?.anchor ?? subscription.anchor)
        let firstTerm = billedTerms ?? terms?.number(runningOn: start) ?? 0
        let lastsUntil = subscription.lastsUntil
        let inArrears = price.billed == .inArrears
        let span =
            terms.map { ScheduleSpan($0, from: start, cancelOn: lastsUntil, inArrears: inArrears) }
            ?? .once(on: start, cancelOn: lastsUntil)
        self.init(
            id: .new(), subscription: subscription.id, removedOn: nil,
            schedules: [
                ItemSchedule(
                    number: 1, product: price.product, price: price.id, quantity: quantity, span: span,
                    firstTerm: firstTerm, nextTerm: firstTerm, chargesSetUp: (billedTerms ?? 0) == 0,
                    isPaidOnce: terms == nil)
            ])
    }
}
