import BillingMath
import Catalog
import Foundation
import Kernel
import Postgres
import Tenancy

extension DueClaim {
    /// Cuts the rows in two whose price becomes another within what is due, as often as it does. The new
    /// ones have no number yet.
    mutating func follow(_ prices: FollowedPrices) throws {
        if prices.isEmpty { return }
        var place = 0
        while place < rows.count {
            if let (before, after) = try rows[place].following(prices) {
                rows[place] = before
                rows.insert(after, at: place + 1)
            }
            place += 1
        }
    }

    /// Gives the new rows the numbers behind the last ones of their items.
    mutating func number(behind last: [SubscriptionItemID: Int32]) {
        var last = last
        for place in rows.indices where rows[place].followed != nil {
            let number = last[rows[place].itemID, default: 0] + 1
            last[rows[place].itemID] = number
            rows[place].scheduleNumber = number
        }
    }
}

extension DueRow {
    fileprivate func following(_ prices: FollowedPrices) throws -> (DueRow, DueRow)? {
        guard let step = prices[price], policies.value(Policies.priceChanges) == .follow,
            let parts = item.following(try UnitPrice(step.price), from: step.effectiveOn)
        else { return nil }
        var (before, after) = (self, self)
        before.item = parts.before
        before.endsOn = parts.before.span.endsOn
        after.item = parts.after
        after.price = step.price.id
        after.followed = step.price.product
        return (before, after)
    }
}

/// The schedules that a run opens because prices have changed.
struct FollowedRows: Sendable {
    private var columns = ScheduleColumns()
    private(set) var prices: Set<PriceID> = []

    mutating func append(_ rows: [(row: DueRow, item: DueItem)]) {
        for (row, standing) in rows {
            guard let product = row.followed else { continue }
            prices.insert(row.price)
            let schedule = ItemSchedule(
                number: Int(row.scheduleNumber), product: product, price: row.price,
                quantity: row.item.quantity, span: row.item.span, firstTerm: row.item.nextTerm,
                nextTerm: standing.nextTerm, chargesSetUp: row.item.setUpTerm != nil,
                isPaidOnce: row.item.isPaidOnce, followsPrice: true)
            columns.append(
                schedule,
                of: ScheduleOwner(
                    item: row.itemID, customer: row.customer.id, subscription: row.subscription,
                    isBillable: true))
        }
    }

    /// Empty when nothing follows.
    func insertions(tenant: TenantID) -> [SQL] {
        prices.isEmpty ? [] : [columns.insertion(tenant: tenant)]
    }
}

extension SubscriptionHistory {
    /// The prices that schedules opened now take because theirs have changed.
    var newlyFollowed: Set<PriceID> {
        let opened = items.flatMap(\.schedules).filter { $0.isNew && $0.schedule.followsPrice }
        return Set(opened.map(\.schedule.price))
    }

    /// Has the items take the prices that theirs have become, where something is due at them through the day
    /// that is told for each schedule.
    mutating func followPrices(through day: (ScheduleSpan) -> Day?) throws {
        guard !followed.isEmpty, policies.value(Policies.priceChanges) == .follow else { return }
        for index in items.indices where !items[index].isQuarantined {
            try items[index].follow(followed, through: day)
        }
    }
}

extension ItemHistory {
    fileprivate mutating func follow(
        _ prices: FollowedPrices, through day: (ScheduleSpan) -> Day?
    ) throws {
        var place = 0
        while place < schedules.count {
            let sold = schedules[place]
            place += 1
            guard let step = prices[sold.offer.price], let last = day(sold.schedule.span) else { continue }
            let (schedule, span) = (sold.schedule, sold.schedule.span)
            guard
                let number = span.firstTerm(
                    from: step.effectiveOn, behind: schedule.nextTerm, sold.billedAhead),
                let parts = span.split(before: number),
                let dueOn = parts.after.dueOn(number), dueOn <= last
            else { continue }
            let followed = ItemSchedule(
                number: schedules.count + 1, product: schedule.product, price: step.price.id,
                quantity: schedule.quantity, span: parts.after, firstTerm: number, nextTerm: number,
                chargesSetUp: schedule.chargesSetUp && schedule.firstTerm == number,
                isPaidOnce: schedule.isPaidOnce, followsPrice: true)
            schedules[place - 1].schedule.close(on: parts.after.startsOn)
            schedules.append(
                SoldSchedule(schedule: followed, offer: try sold.offer.at(step.price), isNew: true))
        }
    }
}

extension Offer {
    fileprivate func at(_ price: Price) throws -> Offer {
        Offer(
            price: price.id, product: product, family: family, productName: productName, taxClass: taxClass,
            unit: try UnitPrice(price), interval: interval, billed: billed)
    }
}

extension UnitPrice {
    /// Throws `BillingFault` for a price whose model is none.
    fileprivate init(_ price: Price) throws {
        let pricing = price.pricing?.pricing(in: price.currency)
        if let pricing, pricing.pricing == nil { throw BillingFault.unreadablePrice }
        self.init(
            currency: price.currency, recurringMinor: price.amountMinor, setUpMinor: price.setupFeeMinor,
            pricing: pricing?.pricing)
    }
}
