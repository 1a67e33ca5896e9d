import BillingMath
import Discounts
import Kernel
import Platform
import Postgres
import Tenancy
import Web

// What lowers the charges of subscriptions, and the verbs on it.
extension Subscriptions {
    /// Redeems a coupon or grants a discount, from the first term of each item on that is not billed yet.
    /// Throws `wrongState`, `unusableCoupon`, and `unusableDiscount` when it would lower nothing.
    func grant(
        _ asked: NewDiscount, to id: SubscriptionID, in change: Change
    ) async throws -> SubscriptionDiscount {
        guard let found = try await Subscription.lock(id, in: change.tx) else { throw Problem.notFound }
        guard found.state != .cancelled else {
            throw SubscriptionsProblem.wrongState.with(
                detail: "The subscription is cancelled: nothing of it is billed any more.")
        }
        let calendar = try await tenants.calendar(in: change.tx)
        let history = try await SubscriptionHistory.read(
            found, from: calendar.today, calendar.settings, isKept: true, in: change.tx)
        if let code = asked.couponCode {
            try asked.checkAlone()
            let redeemed = try await redeem(
                [code], on: calendar.today, for: history, because: asked.reason, in: change)
            return redeemed[0]
        }
        let grant = DiscountGrant(
            terms: try asked.terms(in: found.currency), reason: asked.reason, day: calendar.today)
        return try await keep(grant, for: history, in: change)
    }

    /// Redeems coupons, in the order of their codes. The caller holds the customer.
    @discardableResult
    func redeem(
        _ codes: [Code], on today: Day, for history: SubscriptionHistory,
        because reason: Text<1, 500>? = nil, in change: Change
    ) async throws -> [SubscriptionDiscount] {
        var discounts: [SubscriptionDiscount] = []
        for code in codes {
            let coupon = try await Coupons.redeem(code, on: today, in: change.tx) { coupon in
                try await history.subscription.bearer(of: coupon.id, in: change.tx)
            }
            // Else ten per cent would be any number of times ten.
            if history.discounts.contains(where: { $0.coupon == coupon.id && $0.endedOn == nil }) {
                throw DiscountsProblem.unusableCoupon.with(detail: "The subscription has the coupon already.")
            }
            let grant = DiscountGrant(terms: coupon.terms, coupon: coupon.id, reason: reason, day: today)
            discounts.append(try await keep(grant, for: history, in: change))
        }
        return discounts
    }

    private func keep(
        _ grant: DiscountGrant, for history: SubscriptionHistory, in change: Change
    ) async throws -> SubscriptionDiscount {
        let subscription = history.subscription
        let discount = SubscriptionDiscount(
            id: .new(), subscription: subscription.id, customer: subscription.customer,
            coupon: grant.coupon, reason: grant.reason, currency: subscription.currency, terms: grant.terms,
            grantedOn: grant.day, items: try history.items(having: grant.terms, from: grant.day), version: 1,
            recordedAt: change.now)
        guard !discount.items.isEmpty else {
            throw DiscountsProblem.unusableDiscount.with(
                detail: "It would lower nothing of what this subscription sells.")
        }
        try await discount.insert(in: change.tx)
        try await Event.record(
            [SubscriptionsEvents.discounted(discount)], in: change.tx, at: change.now)
        return discount
    }

    func discounts(
        of id: SubscriptionID, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<SubscriptionDiscount> {
        try await database.read(scope) { tx in
            guard try await Subscription.find(id, in: tx) != nil else { throw Problem.notFound }
            return try await SubscriptionDiscount.list(of: id, page, in: tx)
        }
    }

    func discount(_ id: SubscriptionDiscountID, _ scope: TenantScope) async throws -> SubscriptionDiscount {
        try await database.read(scope) { tx in
            guard let found = try await SubscriptionDiscount.find(id, in: tx) else { throw Problem.notFound }
            return found
        }
    }

    /// What is billed keeps it; the terms that start from today on do not have it. Throws `wrongState`.
    func endDiscount(
        _ id: SubscriptionDiscountID, in change: Change
    ) async throws -> Changed<SubscriptionDiscount> {
        let tx = change.tx
        guard let subscription = try await SubscriptionDiscount.find(id, in: tx)?.subscription,
            try await Subscription.lock(subscription, in: tx) != nil
        else { throw Problem.notFound }
        let found = try await change.subject(SubscriptionDiscount.find(id, in: tx))
        if let endedOn = found.endedOn {
            throw SubscriptionsProblem.wrongState.with(detail: "The discount has ended, on \(endedOn).")
        }
        try await found.end(on: try await tenants.calendar(in: tx).today, in: tx)
        guard let ended = try await SubscriptionDiscount.find(id, in: tx) else { throw Problem.notFound }
        try await Event.record([SubscriptionsEvents.discountEnded(ended)], in: tx, at: change.now)
        return Changed(from: found, to: ended)
    }
}

/// A coupon's terms or a person's, on their way to a subscription.
private struct DiscountGrant {
    let terms: DiscountTerms
    var coupon: CouponID?
    let reason: Text<1, 500>?
    let day: Day
}

extension SubscriptionHistory {
    /// What each item that is sold on `day`, or will be, has of a discount that is granted then: the terms
    /// from the first on that is not billed. An amount is shared out by what their terms cost.
    func items(
        having terms: DiscountTerms, from day: Day
    ) throws -> [SubscriptionItemID: DiscountedItem] {
        let sold = items.filter { !$0.isRemoved(on: day) }
            .map { (id: $0.id, sold: $0.schedule(on: day)) }
            .filter { terms.covers($0.sold.offer.discountable) }
            // What is paid once has no further term.
            .filter { !$0.sold.schedule.isPaidOnce || $0.sold.schedule.nextDueOn != nil }
        if sold.isEmpty { return [:] }
        var shares = sold.map { _ in Int64?.none }
        if case .amount(let amountMinor) = terms.value {
            shares = try amountMinor.split(by: sold.map { try $0.sold.priceMinor(of: terms.charges) })
        }
        var items: [SubscriptionItemID: DiscountedItem] = [:]
        for (own, share) in zip(sold, shares) {
            let schedule = own.sold.schedule
            guard let start = schedule.terms.start(of: schedule.nextTerm) else { continue }
            items[own.id] = DiscountedItem(
                startsOn: start,
                endsOn: terms.terms.flatMap { schedule.terms.start(of: schedule.nextTerm + $0) },
                amountMinor: share)
        }
        return items
    }
}

extension SoldSchedule {
    fileprivate func priceMinor(of charges: DiscountedCharges) throws -> Int64 {
        let recurring = try Charge.recurring(offer.unit, schedule.quantity).wholeMinor
        let isFee = charges == .setUp && schedule.chargesSetUp && schedule.nextTerm == schedule.firstTerm
        let fee =
            isFee ? try Charge(.setUp, unitMinor: offer.unit.setUpMinor, quantity: schedule.quantity) : nil
        return charges == .setUp ? fee?.wholeMinor ?? 0 : recurring
    }
}
