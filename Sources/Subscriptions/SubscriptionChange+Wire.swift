import BillingMath
import Kernel
import Postgres
import Web

/// What is to be sold otherwise, and from when on.
struct NewChange: Codable, Sendable {
    struct Item: Codable, Sendable {
        /// Without it an item is added.
        let itemId: SubscriptionItemID?
        /// Of the same product or of another; absent, the price stays.
        let priceId: PriceID?
        /// Absent, it stays; of a new item it is 1.
        let quantity: Quantity?
        let remove: Bool?
        /// Whether a term begins with the change, even where the one that runs could go on.
        let startsTerm: Bool?
    }

    let items: [Item]
    /// `now` unless told.
    let when: EffectiveDay?
    let reason: Text<1, 500>?
    /// Whether products change to others that their upgrade paths do not name. Then a reason is needed.
    let overridesUpgradePaths: Bool?
    /// Of the preview that was shown.
    let commitment: Text<64, 64>?
}

struct SubscriptionChangeQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct SubscriptionChangeBody: Codable, Sendable {
    let id: SubscriptionChangeID
    let subscriptionId: SubscriptionID
    let customerId: CustomerID
    let kind: SubscriptionChange.Kind
    let madeOn: Day
    let reason: Text<1, 500>?
    let settlement: SettlementBody
    let recordedAt: Instant
}

extension SubscriptionChangeBody {
    init(_ change: SubscriptionChange) {
        self.init(
            id: change.id, subscriptionId: change.subscription, customerId: change.customer,
            kind: change.kind, madeOn: change.madeOn, reason: change.reason, settlement: change.settlement,
            recordedAt: change.recordedAt)
    }
}

extension NewChange {
    static let itemLimit = 50
    static let horizonMonths = 36

    /// Throws `invalid` about every field that is wrong, and `unusableChange` about prices that are no offer.
    func change(_ offers: [PriceID: Offer], today: Day) throws -> ItemsChange {
        try checkFields(today: today)
        let unusable = items.indices.filter { index in
            items[index].priceId.map { offers[$0] == nil } ?? false
        }
        if !unusable.isEmpty {
            throw SubscriptionsProblem.unusableChange.with(
                errors: unusable.map {
                    FieldError("/items/\($0)/price_id", "is not a current price of your catalogue")
                })
        }
        return ItemsChange(
            when: when?.when ?? .now,
            parts: items.map { item in
                ItemsChange.Part(
                    item: item.itemId, offer: item.priceId.flatMap { offers[$0] }, quantity: item.quantity,
                    isRemoval: item.remove ?? false, startsTerm: item.startsTerm ?? false)
            }, overridesUpgradePaths: overridesUpgradePaths ?? false)
    }

    private func checkFields(today: Day) throws {
        var errors: [FieldError] = []
        if !(1...NewChange.itemLimit).contains(items.count) {
            errors.append(FieldError("/items", "must have 1 to \(NewChange.itemLimit) items"))
        }
        let named = items.compactMap(\.itemId)
        for (index, item) in items.enumerated() {
            if item.quantity.map({ $0.micros <= 0 }) ?? false {
                errors.append(FieldError("/items/\(index)/quantity", "must be more than 0"))
            }
            if let id = item.itemId, named.count(where: { $0 == id }) > 1 {
                errors.append(FieldError("/items/\(index)/item_id", "is named twice"))
            }
        }
        if case .on(let day) = when?.when {
            let last = Interval(1, .month).flatMap { today.adding(NewChange.horizonMonths, $0) } ?? today
            if day < today || day > last {
                errors.append(FieldError("/when", "must be a day from \(today) to \(last)"))
            }
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
    }
}

/// From when on a change holds: `now`, `term_end` or a day.
struct EffectiveDay: FieldText {
    static let rule = "must be now, term_end or a day as 2026-12-31"
    static let length = 3...10
    static let pattern: String? = "^(now|term_end|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
    static let example: String? = "now"

    let text: String
    let when: ItemsChange.When

    init?(_ text: String) {
        self.text = text
        switch text {
        case "now": when = .now
        case "term_end": when = .termEnd
        default:
            guard let day = Day(text) else { return nil }
            when = .on(day)
        }
    }
}
