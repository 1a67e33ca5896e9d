package import Kernel

/// One item of a subscription as the billing run sees it.
package struct DueItem: Hashable, Sendable {
    package let schedule: Schedule
    /// The first term that has not been billed yet.
    package let nextTerm: Int
    /// Later terms that are billed already: what the void of an earlier term's invoice leaves behind.
    package let billedAhead: Set<Int>
    /// No term that starts on or after this day is billed; nil without a cancellation.
    package let cancelOn: Day?
    package let quantity: Quantity
    package let price: UnitPrice
    /// The item's terms that start on or before this day are due, if the rules do not end before: the day
    /// asked for and as many days as its subscription is invoiced before due.
    package let throughDay: Day

    package init(
        schedule: Schedule, nextTerm: Int, billedAhead: Set<Int> = [], cancelOn: Day?, quantity: Quantity,
        price: UnitPrice, throughDay: Day = .last
    ) {
        self.schedule = schedule
        self.nextTerm = nextTerm
        self.billedAhead = billedAhead
        self.cancelOn = cancelOn
        self.quantity = quantity
        self.price = price
        self.throughDay = throughDay
    }
}

extension DueItem {
    /// When the next term starts and is to be billed; nil when it never will be: cancelled before, or after
    /// the calendar's end.
    package var nextDueOn: Day? {
        guard let start = schedule.start(of: nextTerm) else { return nil }
        return cancelOn.map { start < $0 } ?? true ? start : nil
    }

    package var isDue: Bool {
        schedule.isDue(nextTerm, through: throughDay, before: cancelOn)
    }

    func dueThrough(_ rules: BillingRules) -> Day {
        min(throughDay, rules.throughDay)
    }

    /// The same item after a plan.
    package func standing(at next: NextTerm) -> DueItem {
        DueItem(
            schedule: schedule, nextTerm: next.number, billedAhead: billedAhead.filter { $0 > next.number },
            cancelOn: cancelOn, quantity: quantity, price: price, throughDay: throughDay)
    }
}

/// What one unit costs, in minor units of one currency.
package struct UnitPrice: Hashable, Sendable {
    package let currency: Currency
    package let recurringMinor: Int64
    /// Charged once, with term 0; zero when there is none.
    package let setUpMinor: Int64

    package init(currency: Currency, recurringMinor: Int64, setUpMinor: Int64 = 0) {
        self.currency = currency
        self.recurringMinor = recurringMinor
        self.setUpMinor = setUpMinor
    }
}

/// What holds for all items of one customer in one run.
package struct BillingRules: Hashable, Sendable {
    /// No term that starts after this day is billed, whatever is due of its item.
    package let throughDay: Day
    package let tax: CustomerTax
    /// At most this many terms of one item in one plan; the next run takes the rest.
    package let termLimit: Int

    package init(throughDay: Day, tax: CustomerTax, termLimit: Int) {
        self.throughDay = throughDay
        self.tax = tax
        self.termLimit = termLimit
    }
}

/// How a customer is taxed, and for what reason: "why is there no tax?" is the question most asked.
package struct CustomerTax: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The rate of the customer's country, by its name there: `USt`.
        case countryRate(CountryCode, name: String)
        /// The customer is exempt.
        case exempt
        /// The provider has no rate for the customer's country.
        case noRate(CountryCode)
    }

    package let rate: TaxRate
    package let rounding: TaxRounding
    package let reason: Reason

    package init(rate: TaxRate, rounding: TaxRounding, reason: Reason) {
        self.rate = rate
        self.rounding = rounding
        self.reason = reason
    }
}
