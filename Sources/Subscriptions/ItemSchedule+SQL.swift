import BillingMath
import Foundation
import Kernel
import Postgres

/// Whose a schedule is.
struct ScheduleOwner: Sendable {
    let item: SubscriptionItemID
    let customer: CustomerID
    let subscription: SubscriptionID
    let isBillable: Bool

    init(item: SubscriptionItemID, customer: CustomerID, subscription: SubscriptionID, isBillable: Bool) {
        self.item = item
        self.customer = customer
        self.subscription = subscription
        self.isBillable = isBillable
    }

    init(_ item: SubscriptionItemID, in subscription: Subscription) {
        self.init(
            item: item, customer: subscription.customer, subscription: subscription.id,
            isBillable: subscription.isBillable)
    }
}

/// The columns of `item_schedules` that one transaction adds.
struct ScheduleColumns: Sendable {
    private var item: [UUID] = []
    private var number: [Int32] = []
    private var customer: [UUID] = []
    private var subscription: [UUID] = []
    private var price: [UUID] = []
    private var quantity: [Int64] = []
    private var anchor: [Day] = []
    private var unit: [String] = []
    private var count: [Int32] = []
    private var startsOn: [Day] = []
    private var endsOn: [Day?] = []
    private var inArrears: [Bool] = []
    private var chargesSetUp: [Bool] = []
    private var firstTerm: [Int32] = []
    private var nextTerm: [Int32] = []
    private var nextDueOn: [Day?] = []
    private var isBillable: [Bool] = []
    private var followsPrice: [Bool] = []

    mutating func append(_ schedule: ItemSchedule, of owner: ScheduleOwner) {
        item.append(owner.item.uuid)
        number.append(Int32(schedule.number))
        customer.append(owner.customer.uuid)
        subscription.append(owner.subscription.uuid)
        price.append(schedule.price.uuid)
        quantity.append(schedule.quantity.micros)
        anchor.append(schedule.terms.anchor)
        unit.append(schedule.terms.interval.unit.rawValue)
        count.append(Int32(schedule.terms.interval.count))
        startsOn.append(schedule.span.startsOn)
        endsOn.append(schedule.span.endsOn)
        inArrears.append(schedule.span.inArrears)
        chargesSetUp.append(schedule.chargesSetUp)
        firstTerm.append(Int32(schedule.firstTerm))
        nextTerm.append(Int32(schedule.nextTerm))
        nextDueOn.append(schedule.nextDueOn)
        isBillable.append(owner.isBillable)
        followsPrice.append(schedule.followsPrice)
    }

    func insertion(tenant: TenantID) -> SQL {
        """
        INSERT INTO item_schedules (tenant_id, item_id, schedule_no, customer_id, subscription_id,
            price_id, quantity_micros, anchor, interval_unit, interval_count, starts_on, ends_on, in_arrears,
            charges_set_up, first_term, next_term, next_due_on, is_billable, follows_price)
        SELECT \(tenant), item_id, schedule_no, customer_id, subscription_id, price_id, quantity_micros,
            anchor, interval_unit, interval_count, starts_on, ends_on, in_arrears, charges_set_up, first_term,
            next_term, next_due_on, is_billable, follows_price
        FROM unnest(\(item), \(number), \(customer), \(subscription), \(price), \(quantity), \(anchor),
            \(unit), \(count), \(startsOn), \(endsOn), \(inArrears), \(chargesSetUp), \(firstTerm),
            \(nextTerm), \(nextDueOn), \(isBillable), \(followsPrice))
            AS s (item_id, schedule_no, customer_id, subscription_id, price_id, quantity_micros, anchor,
                interval_unit, interval_count, starts_on, ends_on, in_arrears, charges_set_up, first_term,
                next_term, next_due_on, is_billable, follows_price)
        """
    }
}

extension ItemSchedule {
    /// The day on which a term of schedule `d` starts, by PostgreSQL's own calendar.
    static func start(of term: SQL) -> SQL {
        """
        (d.anchor + \(term) * CASE d.interval_unit
            WHEN 'day' THEN make_interval(days => d.interval_count)
            WHEN 'week' THEN make_interval(weeks => d.interval_count)
            WHEN 'month' THEN make_interval(months => d.interval_count)
            ELSE make_interval(years => d.interval_count) END)::date
        """
    }

    /// The first day that is billed of the next term of schedule `d`, if any is.
    static let nextStart: SQL = "GREATEST(\(start(of: "d.next_term")), d.starts_on)"
}
