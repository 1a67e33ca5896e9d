import BillingMath
import Kernel

/// What is to be sold otherwise in a subscription, and from when on.
struct ItemsChange: Sendable {
    enum When: Sendable, Hashable {
        case now
        /// When the term that runs today ends: of each item that changes its own.
        case termEnd
        case on(Day)
    }

    /// One item: another product or price, another quantity, or none of it any more. Without an item, one
    /// more.
    struct Part: Sendable, Hashable {
        let item: SubscriptionItemID?
        /// Nil: at the price that it has.
        let offer: Offer?
        let quantity: Quantity?
        let isRemoval: Bool
        /// Whether a term begins with the change, even where the one that runs could go on.
        let startsTerm: Bool
    }

    let when: When
    let parts: [Part]
    /// Whether products may change to others that their upgrade paths do not name.
    let overridesUpgradePaths: Bool
}

extension SubscriptionHistory {
    /// Throws `changePlanned`, and `unusableChange` about every part that cannot be made.
    mutating func make(_ change: ItemsChange, today: Day) throws {
        if let planned = plannedOn(after: today) {
            throw SubscriptionsProblem.changePlanned.with(
                detail: "A change is planned for \(planned). Withdraw it first, or wait until it is made.")
        }
        var errors: [FieldError] = []
        for (place, part) in change.parts.enumerated() {
            do throws(PartRefusal) {
                if let item = part.item {
                    try make(part, of: item, change.when, today)
                } else {
                    try add(part, change.when, today)
                }
            } catch {
                errors.append(FieldError("/items/\(place)\(error.field)", error.message))
            }
        }
        if errors.isEmpty, items.allSatisfy({ $0.removedOn != nil }) {
            errors.append(FieldError("/items", "must leave an item: cancel the subscription instead"))
        }
        if !errors.isEmpty { throw SubscriptionsProblem.unusableChange.with(errors: errors) }
    }

    private mutating func make(
        _ part: ItemsChange.Part, of id: SubscriptionItemID, _ when: ItemsChange.When, _ today: Day
    ) throws(PartRefusal) {
        guard let index = items.firstIndex(where: { $0.id == id }), items[index].removedOn == nil else {
            throw PartRefusal("/item_id", "is not an item of this subscription, or no longer")
        }
        let sold = items[index].schedule(on: today)
        let day = start(of: when, today, termEnd: sold.schedule.endOfTerm(runningOn: today))
        if part.isRemoval {
            items[index].close(on: day)
            items[index].removedOn = day
            return
        }
        if sold.schedule.isPaidOnce {
            let field = part.offer == nil ? part.quantity == nil ? "/item_id" : "/quantity" : "/price_id"
            throw PartRefusal(field, "cannot change an item that is paid once: remove it, or add another")
        }
        let offer = part.offer ?? sold.offer
        guard offer.interval != nil else {
            throw PartRefusal("/price_id", "is paid once: add it as an item of its own")
        }
        let quantity = part.quantity ?? sold.schedule.quantity
        guard offer.unit.currency == subscription.currency else {
            throw PartRefusal("/price_id", "must be in \(subscription.currency), like the subscription")
        }
        let isSame = offer.price == sold.offer.price && quantity == sold.schedule.quantity
        if isSame && !part.startsTerm { throw PartRefusal("", "changes nothing") }
        let goesOn = offer.interval == sold.schedule.terms.interval && !part.startsTerm
        let terms = goesOn ? sold.schedule.terms : ownTerms(offer, from: day, part)
        items[index].close(on: day)
        items[index].open(offer, quantity, terms, from: day, cancelOn: subscription.lastsUntil)
    }

    /// In the terms of the first item with the same interval, so that both renew on one day; else in terms of
    /// its own.
    private mutating func add(
        _ part: ItemsChange.Part, _ when: ItemsChange.When, _ today: Day
    ) throws(PartRefusal) {
        guard let offer = part.offer else { throw PartRefusal("/price_id", "is needed for a new item") }
        guard offer.unit.currency == subscription.currency else {
            throw PartRefusal("/price_id", "must be in \(subscription.currency), like the subscription")
        }
        let others = items.filter { $0.removedOn == nil }.map { $0.schedule(on: today).schedule }
            .filter { !$0.isPaidOnce }
        let ends = others.compactMap { $0.endOfTerm(runningOn: today) }
        let day = max(start(of: when, today, termEnd: ends.min()), subscription.anchor)
        let shared = part.startsTerm ? nil : others.first { $0.terms.interval == offer.interval }
        let terms = shared?.terms ?? ownTerms(offer, from: day, part)
        var item = ItemHistory(id: .new(), isNew: true, removedOn: nil, schedules: [], billed: [])
        item.open(offer, part.quantity ?? .one, terms, from: day, cancelOn: subscription.lastsUntil)
        items.append(item)
    }

    /// Terms of its own, which keep the customer's billing day unless a term is to begin with the change.
    private func ownTerms(_ offer: Offer, from day: Day, _ part: ItemsChange.Part) -> Schedule {
        // What is paid once has but its day.
        guard let interval = offer.interval, !part.startsTerm else {
            return Schedule(anchor: day, interval: offer.interval ?? .day)
        }
        return policies.terms(interval, from: day)
    }

    /// The first day of what follows.
    private func start(of when: ItemsChange.When, _ today: Day, termEnd: Day?) -> Day {
        let day =
            switch when {
            case .now: boundary(today)
            case .on(let day): boundary(day)
            case .termEnd: termEnd ?? boundary(today)
            }
        return max(day, subscription.anchor)
    }
}

/// Why one part of a change cannot be made, and which of its fields says so.
private struct PartRefusal: Error {
    let field: String
    let message: String

    init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}
