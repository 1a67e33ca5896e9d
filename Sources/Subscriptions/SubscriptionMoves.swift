import BillingMath
import Catalog
import Invoicing
import Kernel
import Platform
import Postgres
import Tenancy
import Web

// Whatever happens to a subscription happens here: its history is changed, settled and written, in one
// transaction.
extension Subscriptions {
    /// What a move would cost if it were made now. Nothing is kept.
    func preview(
        _ asked: some AskedOfSubscription, of id: SubscriptionID, _ scope: TenantScope
    ) async throws -> PreviewBody {
        try await database.read(scope) { tx in
            guard let found = try await Subscription.find(id, in: tx) else { throw Problem.notFound }
            let planned = try await plan(asked, of: found, isKept: false, in: tx)
            try await planned.demand.check(in: tx)
            return try planned.preview
        }
    }

    /// Makes a move. Throws what the move refuses, and `previewStale` when it would not come to what
    /// `commitment` was given for.
    func make(
        _ asked: some AskedOfSubscription, of id: SubscriptionID, in change: Change
    ) async throws -> Changed<SettledSubscription> {
        let tx = change.tx
        let found = try await change.subject(Subscription.lock(id, in: tx))
        let planned = try await plan(asked, of: found, isKept: true, in: tx)
        let move = planned.asked
        if let commitment = move.commitment, try planned.preview.commitment != commitment {
            throw SubscriptionsProblem.previewStale
        }
        try await planned.demand.take(in: tx, at: change.now)
        let calendar = planned.basis.calendar
        let updated = try await planned.settlement.history.subscription.update(in: tx)
        let issuance = Issuance(
            tenant: tx.scope.tenant, calendar: calendar,
            seller: try await Sellers.snapshot(in: tx, calendar), recordedAt: change.now)
        var notes = CreditNoteBatch(issuance, trace: tx.trace)
        for note in planned.notes { notes.add(note) }
        try await planned.settlement.write(from: planned.before, notes, issuance, in: tx)
        let made = SubscriptionChange(
            id: .new(), subscription: id, customer: found.customer, kind: move.kind,
            madeOn: calendar.today, reason: move.reason,
            settlement: try SettlementBody(planned.settlement, planned.notes, isIssued: true),
            recordedAt: change.now)
        try await made.insert(in: tx)
        try await Event.record(SubscriptionsEvents.made(move.move, found, updated), in: tx, at: change.now)
        let before = SettledSubscription(
            whole: SubscriptionWithItems(
                subscription: found, items: planned.before.items.map { $0.item(of: id) },
                today: calendar.today),
            change: nil)
        let after = SettledSubscription(
            whole: try await withItems(updated, today: calendar.today, in: tx), change: made)
        return Changed(from: before, to: after)
    }

    private func plan(
        _ wish: some AskedOfSubscription, of subscription: Subscription, isKept: Bool, in tx: Transaction
    ) async throws -> PlannedMove {
        let calendar = try await tenants.calendar(in: tx)
        if isKept { try await wish.fix(in: tx) }
        let asked = try await wish.move(of: subscription, today: calendar.today, in: tx)
        try subscription.require(asked.move.action)
        let basis = try await billing.basis(asOf: calendar.today, calendar, in: tx)
        let before = try await SubscriptionHistory.read(
            subscription, from: calendar.today, calendar.settings, isKept: isKept, in: tx)
        if asked.move.settles, let stuck = before.items.first(where: \.isQuarantined) {
            throw SubscriptionsProblem.unbillable.with(
                detail: "Item \(stuck.id) is in quarantine. Replay or release it there first.")
        }
        let after = try before.after(asked.move, today: calendar.today)
        let demand = try await before.demand(of: asked.move, today: calendar.today, in: tx)
        let settlement = try Settlement(
            after, for: asked.move.reason,
            billsUntilNow: asked.move.endsService && subscription.owes(on: calendar.today), basis)
        if isKept { try await CreditNotes.lock(settlement.notes.map(\.invoice), in: tx) }
        return PlannedMove(
            asked: asked, before: before, demand: demand, settlement: settlement, basis: basis,
            notes: try await CreditNotes.plan(settlement.notes, in: tx))
    }
}

/// What may be asked for of a subscription that is there: looked at once it is found.
protocol AskedOfSubscription: Sendable {
    /// Makes what it names stay as it is, before it is read for a move that is kept.
    func fix(in tx: Transaction) async throws
    func move(of subscription: Subscription, today: Day, in tx: Transaction) async throws -> AskedMove
}

extension AskedOfSubscription {
    func fix(in tx: Transaction) {}
}

/// What somebody asked for, and why.
struct AskedMove: AskedOfSubscription {
    let move: SubscriptionMove
    let kind: SubscriptionChange.Kind
    var reason: Text<1, 500>?
    /// Of the preview that was shown; nil when none has to hold.
    var commitment: Text<64, 64>?

    func move(of subscription: Subscription, today: Day, in tx: Transaction) -> AskedMove { self }
}

/// A move with all that it comes to, before anything of it is written.
private struct PlannedMove {
    let asked: AskedMove
    let before: SubscriptionHistory
    let demand: StockDemand
    let settlement: Settlement
    let basis: BillingBasis
    let notes: [PlannedCreditNote]

    var preview: PreviewBody {
        get throws {
            let now = try SettlementBody(settlement, notes, isIssued: false)
            let next = try settlement.next(basis).map { SettledInvoiceBody($0, isIssued: false) }
            return PreviewBody(
                now: now, nextDueOn: next.map(\.serviceOn).min(), next: next,
                commitment: try JSONText(encoding: Shown(now: now, next: next)).commitment)
        }
    }

    /// What a commitment is given for.
    private struct Shown: Encodable {
        let now: SettlementBody
        let next: [SettledInvoiceBody]
    }
}

/// A subscription, and what made it what it is.
struct SettledSubscription: Sendable {
    let whole: SubscriptionWithItems
    let change: SubscriptionChange?
}

extension ItemHistory {
    func item(of subscription: SubscriptionID) -> SubscriptionItem {
        SubscriptionItem(
            id: id, subscription: subscription, removedOn: removedOn, schedules: schedules.map(\.schedule))
    }
}
