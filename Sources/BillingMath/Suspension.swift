package import Kernel

/// A time in which a service is suspended, and what is billed of it.
package struct Suspension: Hashable, Sendable {
    /// The first day of it.
    package let from: Day
    /// The day from which on it is billed as before; nil while nobody has resumed it.
    package let resumedOn: Day?
    package let billing: SuspensionBilling

    /// Nil when it ends before it begins.
    package init?(from day: Day, resumedOn: Day?, billing: SuspensionBilling) {
        if let resumedOn, resumedOn < day { return nil }
        from = day
        self.resumedOn = resumedOn
        self.billing = billing
    }

    /// A term that is billed, and when it is due.
    package struct Billed: Hashable, Sendable {
        package let term: CycleTerm
        package let dueOn: Day

        package init(term: CycleTerm, dueOn: Day) {
            self.term = term
            self.dueOn = dueOn
        }
    }

    /// What is billed of a term, or of what remains of it on the day of the resumption. Nil for one that is
    /// left out, or waits for a resumption.
    ///
    /// What starts before the suspension is owed, and is billed when it is due or, if that is meanwhile,
    /// when the service is resumed.
    package func billed(_ cycled: CycleTerm, _ timing: BillingTiming) -> Billed? {
        let dueOn = cycled.dueOn(timing)
        if billing == .billOn { return Billed(term: cycled, dueOn: dueOn) }
        if isMeanwhile(cycled.term.start), billing == .skip {
            guard let resumedOn, let rest = cycled.rest(from: resumedOn) else { return nil }
            return Billed(term: rest, dueOn: rest.dueOn(timing))
        }
        guard isMeanwhile(dueOn) else { return Billed(term: cycled, dueOn: dueOn) }
        return resumedOn.map { Billed(term: cycled, dueOn: $0) }
    }

    private func isMeanwhile(_ day: Day) -> Bool {
        day >= from && resumedOn.map { day < $0 } ?? true
    }
}

extension CycleTerm {
    /// Nil when nothing of it is left.
    fileprivate func rest(from day: Day) -> CycleTerm? {
        let start = max(day, term.start)
        guard start < term.end else { return nil }
        return CycleTerm(term: Term(number: term.number, start: start, end: term.end), whole: whole)
    }
}
