import BillingMath
import Kernel
import Web

/// What a comparison takes: what is to be billed of one service, and what of it is billed.
struct RepairInput: CalculationInput {
    let currency: Currency
    let wanted: [WantedInput]
    let billed: [BilledInput]
    let unit: Proration.Unit?
    let rounding: Rounding?
    /// Where days begin; `UTC` unless told.
    let zone: ZoneName?
    /// Lines that may start on one day; 15 unless told.
    let linesADay: Whole<1, 1000>?
    /// No line starts after this day.
    let horizon: Day?

    static let example: JSONValue = [
        "currency": "EUR",
        "wanted": [
            [
                "name": "small", "start": "2026-03-01", "end": "2026-03-20", "whole_end": "2026-04-01",
                "price": 3100,
            ],
            [
                "name": "large", "start": "2026-03-20", "end": "2026-04-01", "whole_start": "2026-03-01",
                "price": 6200,
            ],
        ],
        "billed": [
            [
                "id": "line 1", "name": "small", "start": "2026-03-01", "end": "2026-04-01", "price": 3100,
                "amount": 3100,
            ]
        ],
    ]
    /// More of either are refused.
    static let limit = 500
}

/// Days that are to be billed, of a term that may be longer.
struct WantedInput: Codable, Sendable {
    /// What is sold. Days of the same name, price and term are the same.
    let name: Text<1, 100>
    let start: Day
    let end: Day
    /// The term that the price pays for; `start` and `end` unless told.
    let wholeStart: Day?
    let wholeEnd: Day?
    /// Of the whole term, in minor units.
    let price: Int64
}

struct BilledInput: Codable, Sendable {
    let id: Text<1, 100>
    let name: Text<1, 100>
    let start: Day
    let end: Day
    let wholeStart: Day?
    let wholeEnd: Day?
    let price: Int64
    /// What was charged, less discounts, in minor units.
    let amount: Int64
    /// What of it was credited before.
    let credits: [CreditInput]?

    static let creditLimit = 100
}

struct CreditInput: Codable, Sendable {
    let start: Day
    let end: Day
    /// In minor units, not negative.
    let amount: Int64
}

/// The lines and credits that make what is billed what is wanted.
struct RepairResult: Codable, Sendable {
    let missing: [MissingResult]
    let repairs: [RepairCreditResult]
    /// The missing less the repairs.
    let net: Money
}

struct MissingResult: Codable, Sendable {
    let name: Text<1, 100>
    let start: Day
    let end: Day
    /// Of the price of the whole term, as a number or a fraction.
    let fraction: String
    let amount: Money
}

struct RepairCreditResult: Codable, Sendable {
    /// The line that is credited.
    let id: Text<1, 100>
    let start: Day
    let end: Day
    let credit: Money
}

extension RepairInput {
    func result() throws -> RepairResult {
        var fields = FieldErrors()
        fields.limit(wanted.count, to: RepairInput.limit, "/wanted")
        fields.limit(billed.count, to: RepairInput.limit, "/billed")
        let wishes = wanted.enumerated().compactMap { $1.wanted(at: "/wanted/\($0)", &fields) }
        let lines = billed.enumerated().compactMap { $1.billed(at: "/billed/\($0)", &fields) }
        try fields.throwIfAny()
        var guards = BillingRepair.Guards()
        if let linesADay { guards.linesADay = linesADay.value }
        if let horizon { guards.horizon = horizon }
        let repair: BillingRepair
        do {
            repair = try BillingRepair(
                of: wishes, against: lines,
                by: Proration(unit: unit ?? .day, rounding: rounding ?? .halfUp),
                in: (zone ?? .utc).zone, guards: guards)
        } catch {
            guard let field = error.field else { throw MoneyError.overflow }
            throw CalculationsProblem.incalculable.with(errors: [field])
        }
        return try result(repair)
    }

    private func result(_ repair: BillingRepair) throws -> RepairResult {
        func sum(_ amounts: [Int64]) throws -> Money {
            try amounts.reduce(Money(0, currency)) { try $0 + Money($1, currency) }
        }
        return RepairResult(
            missing: repair.missing.map {
                MissingResult(
                    name: wanted[$0.wanted].name, start: $0.span.start, end: $0.span.end,
                    fraction: "\($0.fraction)", amount: Money($0.amountMinor, currency))
            },
            repairs: repair.repairs.map {
                RepairCreditResult(
                    id: billed[$0.billed].id, start: $0.credit.span.start, end: $0.credit.span.end,
                    credit: Money($0.credit.amountMinor, currency))
            },
            net: try sum(repair.missing.map(\.amountMinor)) - sum(repair.repairs.map(\.credit.amountMinor)))
    }
}

/// Days of a term, as both sides tell them.
private protocol RatedInput {
    var name: Text<1, 100> { get }
    var start: Day { get }
    var end: Day { get }
    var wholeStart: Day? { get }
    var wholeEnd: Day? { get }
    var price: Int64 { get }
}

extension RatedInput {
    /// Nil, with an error, when the days are none or not of the term.
    func rated(at pointer: String, _ fields: inout FieldErrors) -> (span: DaySpan, rate: BillingRepair.Rate)?
    {
        let (from, to) = (wholeStart ?? start, wholeEnd ?? end)
        guard let span = DaySpan(start, end) else {
            fields.add(pointer + "/end", "must be after start")
            return nil
        }
        if from > start { fields.add(pointer + "/whole_start", "must not be after start") }
        if to < end { fields.add(pointer + "/whole_end", "must not be before end") }
        return DaySpan(from, to).map {
            (span, BillingRepair.Rate(name: name.text, priceMinor: price, whole: $0))
        }
    }
}

extension WantedInput: RatedInput {
    fileprivate func wanted(at pointer: String, _ fields: inout FieldErrors) -> BillingRepair.Wanted? {
        rated(at: pointer, &fields).map { BillingRepair.Wanted($0.span, at: $0.rate) }
    }
}

extension BilledInput: RatedInput {
    fileprivate func billed(at pointer: String, _ fields: inout FieldErrors) -> BillingRepair.Billed? {
        guard let (span, rate) = rated(at: pointer, &fields) else { return nil }
        var line = BillingRepair.Billed(span, at: rate, amountMinor: amount)
        fields.limit(credits?.count ?? 0, to: BilledInput.creditLimit, pointer + "/credits")
        for (number, credit) in (credits ?? []).enumerated() {
            let place = "\(pointer)/credits/\(number)"
            if credit.amount < 0 { fields.add(place + "/amount", "must not be negative") }
            guard let own = DaySpan(credit.start, credit.end), own.start >= start, own.end <= end else {
                fields.add(place, "must be of at least one day of the line")
                continue
            }
            line.credits.append(BillingRepair.Credit(own, amountMinor: credit.amount))
        }
        return line
    }
}

extension BillingRepairError {
    /// Nil for an overflow, which no field alone is to blame for.
    fileprivate var field: FieldError? {
        switch self {
        case .wantedTwice(let first, let second):
            FieldError("/wanted/\(second)", "has days that /wanted/\(first) has too")
        case .billedTwice(let first, let second):
            FieldError("/billed/\(second)", "is billed twice: it has days that /billed/\(first) has too")
        case .beyondHorizon(let wanted): FieldError("/wanted/\(wanted)/start", "is beyond the horizon")
        case .tooManyLines(let day): FieldError("", "has too many lines that start on \(day)")
        case .overflow: nil
        }
    }
}
