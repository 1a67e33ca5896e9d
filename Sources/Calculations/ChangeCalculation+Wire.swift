import BillingMath
import Kernel
import Web

/// What the calculation of a change takes: a service as it is sold, and what is to be sold from a day on.
struct ChangeInput: CalculationInput {
    let currency: Currency
    let service: ServiceInput
    /// What the term that runs was charged, less discounts and credits; its price unless told.
    let charged: Money?
    let changedOn: Day
    /// `now` unless told.
    let when: ChangeTime?
    /// What is sold then; nothing after a cancellation. What it does not tell stays as it is.
    let to: ServiceChange?
    let unit: Proration.Unit?
    let changeDay: Proration.ChangeDay?
    let rounding: Rounding?
    /// Where days begin; `UTC` unless told.
    let zone: ZoneName?

    static let example: JSONValue = [
        "currency": "EUR",
        "service": [
            "price": ["amount": 3100, "currency": "EUR"], "anchor": "2026-01-01",
            "interval": ["unit": "month", "count": 1],
        ],
        "changed_on": "2026-03-20", "to": ["price": ["amount": 6200, "currency": "EUR"], "quantity": "2"],
        "zone": "Europe/Berlin",
    ]
}

enum ChangeTime: String, Codable, Sendable, CaseIterable {
    case now
    /// When the term ends that runs on the day.
    case termEnd = "term_end"
}

/// How a service is sold.
struct ServiceInput: Codable, Sendable {
    /// Of a unit; instead of `pricing`.
    let price: Money?
    let pricing: PriceTerms?
    /// 1 unless told.
    let quantity: Quantity?
    let anchor: Day
    let interval: Interval

    fileprivate var schedule: Schedule { Schedule(anchor: anchor, interval: interval) }
}

struct ServiceChange: Codable, Sendable {
    let price: Money?
    let pricing: PriceTerms?
    let quantity: Quantity?
    /// Another begins a new term.
    let interval: Interval?
    /// Whether a term begins with the change, even where the one that runs could go on.
    let startsTerm: Bool?
}

struct ChangeResult: Codable, Sendable {
    /// The first day of what follows.
    let effectiveOn: Day
    /// Of what was charged; null when all of it is used.
    let credit: ChangePartResult?
    /// Of what follows, when it is due on the day of the change; null when it is due later, or nothing is.
    let charge: ChangePartResult?
    /// Charge less credit; below zero it is owed to the customer.
    let balance: Money
    /// What is charged next; null after a cancellation.
    let next: ChangePartResult?
}

struct ChangePartResult: Codable, Sendable {
    let start: Day
    /// The first day that it does not have.
    let end: Day
    /// Of the whole term, as a number or a fraction.
    let fraction: String
    let amount: Money
}

extension ChangeInput {
    func result() throws -> ChangeResult {
        let (before, after) = try sold()
        guard let number = service.schedule.number(runningOn: changedOn),
            let running = service.schedule.term(number),
            let whole = running.days
        else {
            throw CalculationsProblem.incalculable.with(errors: [
                FieldError("/changed_on", "must be on or after the anchor, and within the calendar")
            ])
        }
        let rule = Proration(
            unit: unit ?? .day, changeDay: changeDay ?? .following, rounding: rounding ?? .halfUp)
        let boundary = rule.changeDay == .preceding ? changedOn.adding(days: 1) : changedOn
        let day = when == .termEnd ? running.end : boundary
        let old = BillingRepair.Rate(name: "before", priceMinor: try before.priceMinor, whole: whole)
        let billed = BillingRepair.Billed(whole, at: old, amountMinor: charged?.amountMinor ?? old.priceMinor)
        let used = DaySpan(whole.start, min(day, whole.end)).map { BillingRepair.Wanted($0, at: old) }
        let follows = try after.flatMap { try $0.terms(from: day) } ?? []
        let due = follows.filter { $0.span.start <= changedOn }
        let repair = try compare([used].compactMap { $0 } + due, with: billed, by: rule)
        let credit = repair.repairs.first.map { made in
            ChangePartResult(
                made.credit.span, of: whole, made.credit.amountMinor, currency, by: rule, (zone ?? .utc))
        }
        let charges = repair.missing.map { made in
            ChangePartResult(
                start: made.span.start, end: made.span.end, fraction: "\(made.fraction)",
                amount: Money(made.amountMinor, currency))
        }
        let next = try follows.first { $0.span.start > changedOn }.map { wish in
            ChangePartResult(
                wish.span, of: wish.rate.whole,
                try rule.part(
                    wish.span, of: wish.rate.whole, at: wish.rate.priceMinor, in: (zone ?? .utc).zone),
                currency, by: rule, zone ?? .utc)
        }
        let zero = Money(0, currency)
        return ChangeResult(
            effectiveOn: day, credit: credit, charge: charges.first,
            balance: try (charges.first?.amount ?? zero) - (credit?.amount ?? zero), next: next)
    }

    private func compare(
        _ wanted: [BillingRepair.Wanted], with billed: BillingRepair.Billed, by rule: Proration
    ) throws -> BillingRepair {
        do {
            return try BillingRepair(of: wanted, against: [billed], by: rule, in: (zone ?? .utc).zone)
        } catch {
            throw MoneyError.overflow
        }
    }

    /// What is sold before and, unless it is cancelled, afterwards.
    private func sold() throws -> (before: SoldService, after: SoldService?) {
        var fields = FieldErrors()
        for (pointer, money) in [
            ("/charged", charged), ("/service/price", service.price), ("/to/price", to?.price),
        ] {
            guard let money else { continue }
            if money.currency != currency { fields.add(pointer + "/currency", "must be \(currency)") }
            if money.amountMinor < 0 { fields.add(pointer + "/amount", "must not be negative") }
        }
        for (pointer, quantity) in [("/service", service.quantity), ("/to", to?.quantity)] {
            if let quantity, quantity.micros <= 0 { fields.add(pointer + "/quantity", "must be more than 0") }
        }
        if (service.price == nil) == (service.pricing == nil) {
            fields.add("/service/price", "or pricing must be told, and not both")
        }
        if to?.price != nil, to?.pricing != nil {
            fields.add("/to/price", "must not be told with pricing")
        }
        let unit = unitPrice(service.price, service.pricing, at: "/service", &fields)
        let newUnit =
            to?.price != nil || to?.pricing != nil
            ? unitPrice(to?.price, to?.pricing, at: "/to", &fields) : unit
        try fields.throwIfAny()
        guard let unit, let newUnit else { throw MoneyError.overflow }
        let quantity = service.quantity ?? .one
        let before = SoldService(
            unit: unit, quantity: quantity, interval: service.interval, goesOn: service.schedule)
        let after = to.map { to in
            let interval = to.interval ?? service.interval
            return SoldService(
                unit: newUnit, quantity: to.quantity ?? quantity, interval: interval,
                goesOn: interval == service.interval && to.startsTerm != true ? service.schedule : nil)
        }
        return (before, after)
    }

    private func unitPrice(
        _ price: Money?, _ terms: PriceTerms?, at pointer: String, _ fields: inout FieldErrors
    ) -> UnitPrice? {
        guard let terms else {
            return UnitPrice(currency: currency, recurringMinor: price?.amountMinor ?? 0)
        }
        let (pricing, errors) = terms.pricing(in: currency)
        for error in errors { fields.add("\(pointer)/pricing\(error.pointer)", error.message) }
        return pricing.map { UnitPrice(currency: currency, recurringMinor: 0, pricing: $0) }
    }
}

/// What is sold, and in which terms; without any they begin with the change.
private struct SoldService {
    let unit: UnitPrice
    let quantity: Quantity
    let interval: Interval
    let goesOn: Schedule?

    var priceMinor: Int64 {
        get throws { try Charge.recurring(unit, quantity).amountMinor }
    }

    /// The term that begins on `day`, or the rest of the one that runs then, and the one behind it.
    func terms(from day: Day) throws -> [BillingRepair.Wanted] {
        let schedule = goesOn ?? Schedule(anchor: day, interval: interval)
        guard let number = schedule.number(runningOn: day) else { return [] }
        let price = try priceMinor
        return [number, number + 1].compactMap { number in
            guard let whole = schedule.term(number)?.days,
                let span = DaySpan(max(day, whole.start), whole.end)
            else { return nil }
            return BillingRepair.Wanted(
                span, at: BillingRepair.Rate(name: "after", priceMinor: price, whole: whole))
        }
    }
}

extension ChangePartResult {
    fileprivate init(
        _ span: DaySpan, of whole: DaySpan, _ amountMinor: Int64, _ currency: Currency, by rule: Proration,
        _ zone: ZoneName
    ) {
        self.init(
            start: span.start, end: span.end,
            fraction: "\(rule.fraction(span, of: whole, in: zone.zone))", amount: Money(amountMinor, currency)
        )
    }
}
