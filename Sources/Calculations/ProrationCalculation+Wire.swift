import BillingMath
import Kernel
import Web

/// What a calculation of a proration takes: a term that is charged, and when it changes.
struct ProrationInput: CalculationInput {
    let start: Day
    /// The first day that the term does not have.
    let end: Day
    let changedOn: Moment
    /// For the whole term.
    let charged: Money
    /// What of it was credited before.
    let credited: Money?
    /// What the term costs today; taken as the basis of the credit with `credit_basis` `price`.
    let price: Money?
    /// What a whole term of what follows costs; none after a cancellation.
    let newPrice: Money?
    let unit: Proration.Unit?
    let changeDay: Proration.ChangeDay?
    let creditBasis: CreditBasis?
    let rounding: Rounding?
    /// Where days begin; `UTC` unless told.
    let zone: ZoneName?

    static let example: JSONValue = [
        "start": "2026-03-01", "end": "2026-04-01", "changed_on": "2026-03-20",
        "charged": ["amount": 3100, "currency": "EUR"], "new_price": ["amount": 6200, "currency": "EUR"],
        "zone": "Europe/Berlin",
    ]
}

enum CreditBasis: String, Codable, Sendable, CaseIterable {
    case charged, price
}

/// The credit for the rest of the term, the charge for what follows, and what remains to pay.
struct ProrationResult: Codable, Sendable {
    /// The first day that is credited.
    let unusedFrom: Day
    let units: UnitsResult
    /// Unused over whole, in lowest terms.
    let fraction: FractionResult
    let credit: ProratedResult
    let charge: ProratedResult?
    /// Charge less credit; below zero it is owed to the customer.
    let net: Money
    let unit: Proration.Unit
    let changeDay: Proration.ChangeDay
    let creditBasis: CreditBasis
    let rounding: Rounding
}

struct UnitsResult: Codable, Sendable {
    let used: Int64
    let unused: Int64
    let whole: Int64
}

struct FractionResult: Codable, Sendable {
    let numerator: Int64
    let denominator: Int64
}

struct ProratedResult: Codable, Sendable {
    /// Before it was rounded and limited.
    let exact: String
    let amount: Money
}

extension ProrationInput {
    func result() throws -> ProrationResult {
        try check()
        let (zone, basis) = ((zone ?? .utc).zone, creditBasis ?? .charged)
        let rule = Proration(
            unit: unit ?? .day, changeDay: changeDay ?? .following, rounding: rounding ?? .halfUp)
        let rest =
            switch changedOn {
            case .day(let day): rule.rest(of: start, to: end, changedOn: day, in: zone)
            case .instant(let moment): rule.rest(of: start, to: end, changedAt: moment, in: zone)
            }
        guard let rest else {
            throw CalculationsProblem.incalculable.with(errors: [
                FieldError("/end", "must leave the term at least one unit")
            ])
        }
        return try result(by: rule, rest, basis)
    }

    private func result(
        by rule: Proration, _ rest: Proration.Rest, _ basis: CreditBasis
    ) throws -> ProrationResult {
        let currency = charged.currency
        let basisMinor = basis == .price ? price?.amountMinor ?? 0 : charged.amountMinor
        let credit = ProratedResult(
            exact: "\(try rule.exact(basisMinor, of: currency, for: rest))",
            amount: Money(
                try rule.credit(
                    basisMinor, of: currency, for: rest,
                    from: Proration.Charged(
                        charged.amountMinor, creditedMinor: credited?.amountMinor ?? 0)),
                currency))
        let charge = try newPrice.map { price in
            ProratedResult(
                exact: "\(try rule.exact(price.amountMinor, of: currency, for: rest))",
                amount: Money(try rule.charge(price.amountMinor, of: currency, for: rest), currency))
        }
        return ProrationResult(
            unusedFrom: rest.from,
            units: UnitsResult(used: rest.used, unused: rest.unused, whole: rest.whole),
            fraction: FractionResult(
                numerator: Int64(rest.fraction.numerator), denominator: Int64(rest.fraction.denominator)),
            credit: credit, charge: charge,
            net: try (charge?.amount ?? Money(0, currency)) - credit.amount, unit: rule.unit,
            changeDay: rule.changeDay, creditBasis: basis, rounding: rule.rounding)
    }

    private func check() throws {
        var fields = FieldErrors()
        if end <= start { fields.add("/end", "must be after start") }
        for (name, money) in [
            ("charged", charged), ("credited", credited), ("price", price), ("new_price", newPrice),
        ] {
            guard let money else { continue }
            if money.currency != charged.currency {
                fields.add("/\(name)/currency", "must be \(charged.currency), like charged")
            }
            if money.amountMinor < 0 { fields.add("/\(name)/amount", "must not be negative") }
        }
        if creditBasis == .price, price == nil {
            fields.add("/price", "is missing: it is the basis of the credit")
        }
        try fields.throwIfAny()
    }
}
