package import Foundation
package import Kernel

/// One item of a subscription, under one of its schedules, as the billing run sees it.
package struct DueItem: Hashable, Sendable {
    package let span: ScheduleSpan
    /// The first term that has not been billed yet.
    package private(set) var nextTerm: Int
    /// Later terms that are billed already: what the void of an earlier term's invoice leaves behind.
    package private(set) var billedAhead: Set<Int>
    package let quantity: Quantity
    package let price: UnitPrice
    /// The term that the set-up fee is charged with; nil when it is charged with none.
    package let setUpTerm: Int?
    /// What a part of a term costs.
    package let proration: Proration
    /// In the order in which they are taken.
    package let discounts: [HeldDiscount]
    /// The item's terms that are due on or before this day are billed, if the rules do not end before: the
    /// day asked for and as many days as its subscription is invoiced before due.
    package let throughDay: Day
    /// Whether its one term, of the day on which it is billed, is no term to the customer.
    package let isPaidOnce: Bool
    package let taxClass: TaxClass

    package init(
        span: ScheduleSpan, nextTerm: Int, billedAhead: Set<Int> = [], quantity: Quantity, price: UnitPrice,
        setUpTerm: Int? = 0, proration: Proration = Proration(), discounts: [HeldDiscount] = [],
        throughDay: Day = .last, isPaidOnce: Bool = false, taxClass: TaxClass = .standard
    ) {
        self.span = span
        self.nextTerm = nextTerm
        self.billedAhead = billedAhead
        self.quantity = quantity
        self.price = price
        self.setUpTerm = setUpTerm
        self.proration = proration
        self.discounts = discounts
        self.throughDay = throughDay
        self.isPaidOnce = isPaidOnce
        self.taxClass = taxClass
    }
}

extension DueItem {
    package var schedule: Schedule { span.schedule }

    /// When the next term is to be billed; nil when it never will be.
    package var nextDueOn: Day? { span.dueOn(nextTerm) }

    /// The first day that is billed of the next term; nil when none ever will be.
    package var nextStartsOn: Day? { span.start(of: nextTerm) }

    package var isDue: Bool { span.isDue(nextTerm, through: throughDay) }

    func dueThrough(_ rules: BillingRules) -> Day {
        min(throughDay, rules.throughDay)
    }

    /// The same item after a plan.
    package func standing(at next: NextTerm) -> DueItem {
        var moved = self
        moved.nextTerm = next.number
        moved.billedAhead = billedAhead.filter { $0 > next.number }
        return moved
    }
}

/// What one unit costs, in minor units of one currency.
package struct UnitPrice: Hashable, Sendable {
    package let currency: Currency
    /// What each unit costs, where there is no model.
    package let recurringMinor: Int64
    /// The model by which a term's price follows from the quantity.
    package let pricing: Pricing?
    /// Charged once, with term 0; zero when there is none.
    package let setUpMinor: Int64

    package init(
        currency: Currency, recurringMinor: Int64, setUpMinor: Int64 = 0, pricing: Pricing? = nil
    ) {
        self.currency = currency
        self.recurringMinor = recurringMinor
        self.pricing = pricing
        self.setUpMinor = setUpMinor
    }
}

/// What holds for all items of one customer in one run.
package struct BillingRules: Hashable, Sendable {
    /// No term that is due after this day is billed, whatever holds for its item.
    package let throughDay: Day
    /// The day of issue: the tax point of what is billed in advance.
    package let issuedOn: Day
    package let tax: CustomerTax
    /// Where the days of terms begin and end.
    package let zone: TimeZone
    /// At most this many terms of one item in one plan; the next run takes the rest.
    package let termLimit: Int

    package init(throughDay: Day, issuedOn: Day, tax: CustomerTax, zone: TimeZone, termLimit: Int) {
        self.zone = zone
        self.throughDay = throughDay
        self.issuedOn = issuedOn
        self.tax = tax
        self.termLimit = termLimit
    }
}
