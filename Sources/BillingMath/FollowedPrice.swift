package import Kernel

extension ScheduleSpan {
    /// The first term that takes a price which changes on `day`: it starts on that day or later, is not
    /// billed, and none behind it is. A term that began before stays whole at the price it began with, and so
    /// does a part of it. Nil when no such term is billed by this span.
    package func firstTerm(from day: Day, behind nextTerm: Int, _ billedAhead: Set<Int>) -> Int? {
        var number = schedule.number(runningOn: day) ?? 0
        if let start = schedule.start(of: number), start < day { number += 1 }
        number = max(number, nextTerm, (billedAhead.max() ?? -1) + 1)
        return start(of: number) == nil ? nil : number
    }

    /// The same up to the start of a term, and from there on.
    package func split(before number: Int) -> (before: ScheduleSpan, after: ScheduleSpan)? {
        guard let day = start(of: number) else { return nil }
        return (
            ending(on: day),
            ScheduleSpan(schedule, from: day, to: endsOn, cancelOn: cancelOn, inArrears: inArrears)
        )
    }
}

extension DueItem {
    /// What is due of it when its price becomes another on `day`: at the one, and then at the other. Nil
    /// while nothing is due at the other.
    package func following(_ price: UnitPrice, from day: Day) -> (before: DueItem, after: DueItem)? {
        guard let number = span.firstTerm(from: day, behind: nextTerm, billedAhead),
            let parts = span.split(before: number), parts.after.isDue(number, through: throughDay)
        else { return nil }
        // A fee that is charged with no term yet is the new price's.
        let movesSetUp = setUpTerm == number
        return (
            DueItem(
                span: parts.before, nextTerm: nextTerm, billedAhead: billedAhead, quantity: quantity,
                price: self.price, setUpTerm: movesSetUp ? nil : setUpTerm, proration: proration,
                discounts: discounts, throughDay: throughDay, isPaidOnce: isPaidOnce, taxClass: taxClass),
            DueItem(
                span: parts.after, nextTerm: number, quantity: quantity, price: price,
                setUpTerm: movesSetUp ? number : nil, proration: proration, discounts: discounts,
                throughDay: throughDay, isPaidOnce: isPaidOnce, taxClass: taxClass)
        )
    }
}
