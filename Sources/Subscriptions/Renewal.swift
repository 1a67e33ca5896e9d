import BillingMath
package import Kernel

/// How a subscription goes on from term to term.
package enum RenewalMode: String, Codable, Sendable, CaseIterable {
    /// Each term is billed when it is due.
    case automatic
    /// Nothing is billed behind the day up to which somebody renewed it.
    case manual
}

extension Subscription {
    /// No term that starts on or after this day is billed: it is cancelled then, or not renewed.
    package var lastsUntil: Day? {
        [cancelOn, renewedUntil].compactMap { $0 }.min()
    }

    /// Throws `minimumTerm` when it may not end on `day`.
    func requireMinimum(by day: Day) throws {
        guard let minimumUntil, day < minimumUntil, day >= anchor else { return }
        throw SubscriptionsProblem.minimumTerm.with(
            detail: """
                The subscription runs until \(minimumUntil) at least. Cancel it at the end of its term, or \
                say that you override the minimum term, and why.
                """)
    }
}

extension SubscriptionHistory {
    /// Renews it by so many terms of the item with the longest, and bills them now, however far ahead they
    /// start. A subscription that had lapsed goes on where it ended.
    mutating func renew(_ terms: Int, today: Day) throws {
        let longest = items.filter { !$0.isRemoved(on: today) }
            .map { $0.schedule(on: subscription.renewedUntil ?? today).schedule }
            .filter { !$0.isPaidOnce }
            .max { nextTerm(of: $0, 1, today).until < nextTerm(of: $1, 1, today).until }
        guard let longest else { throw SubscriptionsProblem.nothingToRenew }
        let bought = nextTerm(of: longest, terms, today)
        let horizon = BillingGuards.horizon(from: today)
        if bought.lastStart > horizon {
            throw SubscriptionsProblem.unusableChange.with(errors: [
                FieldError("/terms", "must begin by \(horizon), which is as far ahead as is billed")
            ])
        }
        subscription.state = subscription.state == .lapsed ? .active : subscription.state
        if subscription.renewal == .manual { subscription.renewedUntil = bought.until }
        limitSchedules()
        billsThrough = bought.lastStart
    }

    /// Throws `nothingToRenew` by hand when all that is left of it is paid once.
    mutating func setRenewal(_ mode: RenewalMode, today: Day) throws {
        guard mode != subscription.renewal else { return }
        subscription.renewal = mode
        subscription.renewedUntil = nil
        if mode == .manual {
            // What is billed, and what runs and is not billed yet.
            let renewed = items.filter { !$0.isRemoved(on: today) }
                .map { $0.schedule(on: today).schedule }
                .filter { !$0.isPaidOnce }
            if renewed.isEmpty { throw SubscriptionsProblem.nothingToRenew }
            let ends = renewed.flatMap { [$0.terms.start(of: $0.nextTerm), $0.endOfTerm(runningOn: today)] }
            subscription.renewedUntil = max(ends.compactMap { $0 }.max() ?? today, subscription.anchor)
        }
        limitSchedules()
    }

    /// When the terms from the first on that is not bought end, and when the last of them starts.
    private func nextTerm(
        of schedule: ItemSchedule, _ count: Int, _ today: Day
    ) -> (lastStart: Day, until: Day) {
        // In arrears the term that runs is not billed; bought it is.
        let running = schedule.span.inArrears ? schedule.terms.number(runningOn: today) : nil
        let first =
            subscription.renewedUntil.flatMap { schedule.terms.number(runningOn: $0) }
            ?? max(schedule.nextTerm, running.map { $0 + 1 } ?? 0)
        return (
            schedule.terms.start(of: first + count - 1) ?? .last,
            schedule.terms.start(of: first + count) ?? .last
        )
    }
}

extension [Schedule] {
    /// When `count` terms of each have ended, counted from the one that runs on `day`.
    func end(ofFirst count: Int, from day: Day) -> Day? {
        compactMap { terms in terms.number(runningOn: day).flatMap { terms.start(of: $0 + count) } }.max()
    }
}
