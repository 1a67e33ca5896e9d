import BillingMath
import Kernel
import Tenancy

/// Whatever may happen to a subscription. Each is made in its history first, and settled then.
enum SubscriptionMove: Sendable {
    case change(ItemsChange)
    /// Takes back the changes that are still to come.
    case withdrawChanges
    /// At once. With `credits`, what is billed and not used is given back.
    case cancel(credits: Bool, overridesMinimum: Bool)
    case cancelAtTermEnd
    case suspend(Subscription.SuspensionReason)
    case resume
    case renew(Int)
    case setRenewal(RenewalMode)

    var action: Subscription.Action {
        switch self {
        case .change, .withdrawChanges: .change
        case .cancel, .cancelAtTermEnd: .cancel
        case .suspend: .suspend
        case .resume: .resume
        case .renew: .renew
        case .setRenewal: .change
        }
    }

    /// What stands on the credit notes that it gives rise to.
    var reason: String {
        switch self {
        case .change, .withdrawChanges: "Change of a subscription"
        case .cancel, .cancelAtTermEnd: "Cancellation of a subscription"
        case .suspend: "Pause of a subscription"
        case .resume: "Resumption of a subscription"
        case .renew, .setRenewal: "Renewal of a subscription"
        }
    }

    /// Whether it decides what days cost, of which nothing is known while an item cannot be billed.
    var settles: Bool {
        switch self {
        case .change, .withdrawChanges, .cancel(credits: true, _), .suspend(.paused), .renew: true
        case .cancel, .cancelAtTermEnd, .suspend, .resume, .setRenewal: false
        }
    }

    /// Whether it ends what was running, so that all that had started until then is billed with it, although
    /// the subscription is not billed any more. No run comes back to a term that it was late for.
    var endsService: Bool {
        switch self {
        case .cancel, .suspend(.paused): true
        default: false
        }
    }
}

extension SubscriptionHistory {
    /// The same after a move that is made today. Throws what the move refuses.
    func after(_ move: SubscriptionMove, today: Day) throws -> SubscriptionHistory {
        var after = self
        switch move {
        case .change(let change): try after.make(change, today: today)
        case .withdrawChanges: try after.withdrawChanges(after: today)
        case .cancel(let credits, let overridesMinimum):
            if !overridesMinimum { try subscription.requireMinimum(by: today) }
            after.leaveOutMissed(before: boundary(today))
            after.cancel(today, credits: credits)
        case .cancelAtTermEnd: after.cancelAtTermEnd(today)
        case .suspend(let reason): after.suspend(reason, today)
        case .resume: after.resume(today)
        case .renew(let terms): try after.renew(terms, today: today)
        case .setRenewal(let mode): try after.setRenewal(mode, today: today)
        }
        return after
    }

    private mutating func withdrawChanges(after today: Day) throws {
        guard plannedOn(after: today) != nil else { throw SubscriptionsProblem.nothingPlanned }
        for index in items.indices {
            if items[index].removedOn.map({ $0 > today }) ?? false { items[index].removedOn = nil }
            let sold = items[index].inOrder
            // Of an item that is still to come nothing is left: it is taken out of the subscription.
            guard let running = sold.last(where: { $0.schedule.span.startsOn <= today }) ?? sold.first else {
                continue
            }
            let isToCome = running.schedule.span.startsOn > max(today, subscription.anchor)
            // Its day passes whatever is planned.
            if running.schedule.isPaidOnce, !isToCome { continue }
            let planned = isToCome ? running.schedule.span.startsOn : running.schedule.span.endsOn
            guard let planned, planned > today, subscription.cancelOn.map({ planned < $0 }) ?? true else {
                continue
            }
            items[index].close(on: planned)
            if isToCome {
                items[index].removedOn = planned
            } else if running.mayGoOn(after: items[index].billed) {
                items[index].schedules[running.schedule.number - 1].schedule.extend(to: nil)
            } else {
                items[index].reopen(running, from: planned)
            }
        }
    }

    private mutating func cancel(_ today: Day, credits: Bool) {
        subscription.state = .cancelled
        subscription.clearSuspension()
        subscription.cancelOn = min(subscription.cancelOn ?? today, today)
        limitSchedules()
        endsOn = boundary(today)
        for index in items.indices {
            // Without credits what is paid for stays paid for; what is not, because it is billed at its end,
            // ends here.
            items[index].close(on: boundary(today)) { credits || $0.inArrears }
        }
    }

    /// Cancelled while it is suspended, it owes what began before, and nothing that began meanwhile: nobody
    /// resumes it.
    private mutating func leaveOutMissed(before day: Day) {
        guard subscription.state == .suspended, !subscription.isBillable else { return }
        for index in items.indices {
            items[index].leaveOut(from: subscription.suspendedOn, before: day)
        }
    }

    /// When the last running term ends, or the first that reaches the minimum; until then the other items
    /// renew. A term behind it that is billed already is given back.
    private mutating func cancelAtTermEnd(_ today: Day) {
        let running = items.filter { !$0.isRemoved(on: today) }.map { $0.schedule(on: today) }
            .filter { !$0.schedule.isPast(on: today) }
        let least = subscription.minimumUntil.map { max(today, $0.adding(days: -1)) } ?? today
        let end = running.compactMap { $0.schedule.endOfTerm(runningOn: least) }.max() ?? today
        subscription.cancelOn = end
        limitSchedules()
        for index in items.indices {
            for place in items[index].schedules.indices {
                let schedule = items[index].schedules[place].schedule
                guard let last = schedule.endOfTerm(runningOn: end.adding(days: -1)) else { continue }
                items[index].schedules[place].schedule.close(on: max(last, end))
            }
        }
    }

    mutating func limitSchedules() {
        for index in items.indices {
            for place in items[index].schedules.indices {
                items[index].schedules[place].schedule.cancel(on: subscription.lastsUntil)
            }
        }
    }

    private mutating func suspend(_ reason: Subscription.SuspensionReason, _ today: Day) {
        subscription.state = .suspended
        subscription.suspensionReason = reason
        guard reason == .paused else {
            subscription.suspendedOn = today
            subscription.suspensionBilling = policies.value(Policies.suspensionBilling)
            return
        }
        // Nothing is used while it is paused: the unused rest is given back.
        subscription.suspendedOn = boundary(today)
        subscription.suspensionBilling = .skip
        endsOn = boundary(today)
        for index in items.indices { items[index].pause(on: boundary(today)) }
    }

    private mutating func resume(_ today: Day) {
        let (suspended, reason) = (subscription.suspendedOn, subscription.suspensionReason)
        let billing = subscription.suspensionBilling ?? policies.value(Policies.suspensionBilling)
        subscription.state = .active
        subscription.clearSuspension()
        guard billing == .skip else { return }
        let day = boundary(today)
        for index in items.indices {
            if reason == .paused {
                items[index].endPause(since: suspended ?? day, on: day)
            } else {
                items[index].skip(from: suspended, to: day)
            }
        }
    }
}

extension Subscription {
    mutating func clearSuspension() {
        suspensionReason = nil
        suspendedOn = nil
        suspensionBilling = nil
    }
}

extension ItemHistory {
    /// The schedule that holds on a day; see `SubscriptionItem.schedule(on:)`.
    func schedule(on day: Day) -> SoldSchedule {
        let item = SubscriptionItem(
            id: id, subscription: SubscriptionID(id.uuid), removedOn: removedOn,
            schedules: schedules.map(\.schedule))
        let number = item.schedule(on: day).number
        return schedules.first { $0.schedule.number == number } ?? last
    }
}
