import BillingMath
import Kernel
import Web

/// What a price calculation takes.
struct PriceInput: CalculationInput {
    let currency: Currency
    let model: PriceModelName
    /// Units of the term so far; what goes beyond `included_quantity` is charged.
    let quantity: Quantity?
    /// The price as a whole, of a unit or of a package.
    let unitPrice: ExactDecimal?
    let packageSize: Quantity?
    let billsEmptyPackage: Bool?
    let tiers: [PriceTierInput]?
    let feeAtZero: Bool?
    /// Of `base`.
    let percentage: ExactDecimal?
    let base: ExactDecimal?
    let includedQuantity: Quantity?
    let minimumSpend: Money?
    let maximumSpend: Money?
    let setUpFee: Money?
    /// Units of the term that earlier lines have billed; none for the first line.
    let billedQuantity: Quantity?
    /// Whether this line is the term's last, with which a minimum counts; true unless told.
    let isLastLine: Bool?
    let rounding: Rounding?

    static let example: JSONValue = [
        "currency": "EUR", "model": "graduated", "quantity": "12.5",
        "tiers": [
            ["up_to": "10", "unit_price": "0.5", "flat_fee": "2"], ["unit_price": "0.00042"],
        ],
        "minimum_spend": ["amount": 500, "currency": "EUR"],
    ]
}

enum PriceModelName: String, Codable, Sendable, CaseIterable {
    case flat
    case perUnit = "per_unit"
    case graduated, volume, package, percentage
}

struct PriceTierInput: Codable, Sendable {
    let upTo: Quantity?
    let unitPrice: ExactDecimal
    let flatFee: ExactDecimal?
}

/// What a price calculation answers. The amounts add up to the total.
struct PriceResult: Codable, Sendable {
    let steps: [PriceStepResult]
    /// The sum of the steps before it was rounded.
    let exact: String
    /// The price, less what was billed before.
    let amount: Money
    let minimumTrueUp: Money
    let maximumReduction: Money
    let setUpFee: Money
    let total: Money
    let rounding: Rounding
}

struct PriceStepResult: Codable, Sendable {
    /// Counted from 1.
    let tier: Int?
    let quantity: String?
    let unitPrice: ExactDecimal
    let exact: String
}

extension PriceInput {
    func result() throws -> PriceResult {
        let pricing = try pricing()
        let quote: PriceQuote
        do {
            quote = try pricing.quote(
                quantity ?? .zero, billed: billedQuantity, isLast: isLastLine ?? true)
        } catch {
            guard let field = error.field else { throw MoneyError.overflow }
            throw CalculationsProblem.incalculable.with(errors: [field])
        }
        guard let total = quote.totalMinor else { throw MoneyError.overflow }
        func money(_ amountMinor: Int64) -> Money { Money(amountMinor, currency) }
        return PriceResult(
            steps: quote.steps.map {
                PriceStepResult(
                    tier: $0.tier, quantity: $0.quantity.map { "\($0)" }, unitPrice: $0.unitPrice,
                    exact: "\($0.exact)")
            },
            exact: "\(quote.exact)", amount: money(quote.amountMinor),
            minimumTrueUp: money(quote.trueUpMinor), maximumReduction: money(quote.reductionMinor),
            setUpFee: money(quote.setUpMinor), total: money(total), rounding: pricing.rounding)
    }

    private func pricing() throws -> Pricing {
        var fields = FieldErrors()
        for (name, quantity) in [
            ("quantity", quantity), ("included_quantity", includedQuantity),
            ("billed_quantity", billedQuantity), ("package_size", packageSize),
        ] where quantity.map({ $0 < .zero }) ?? false {
            fields.add("/\(name)", "must not be negative")
        }
        if let billedQuantity, billedQuantity > quantity ?? .zero {
            fields.add("/billed_quantity", "must not be more than quantity")
        }
        for (name, money) in [
            ("minimum_spend", minimumSpend), ("maximum_spend", maximumSpend), ("set_up_fee", setUpFee),
        ] {
            guard let money else { continue }
            if money.currency != currency { fields.add("/\(name)/currency", "must be \(currency)") }
            if money.amountMinor < 0 { fields.add("/\(name)/amount", "must not be negative") }
        }
        if let minimumSpend, let maximumSpend, minimumSpend.amountMinor > maximumSpend.amountMinor {
            fields.add("/minimum_spend/amount", "must not be more than maximum_spend")
        }
        let model = priceModel(&fields)
        guard fields.errors.isEmpty, let model else {
            throw CalculationsProblem.incalculable.with(errors: fields.errors)
        }
        var pricing = Pricing(model, in: currency)
        pricing.included = includedQuantity ?? .zero
        pricing.feeAtZero = feeAtZero ?? true
        pricing.minimumMinor = minimumSpend?.amountMinor
        pricing.maximumMinor = maximumSpend?.amountMinor
        pricing.setUpMinor = setUpFee?.amountMinor ?? 0
        pricing.rounding = rounding ?? .halfUp
        return pricing
    }

    /// Nil, with an error for each field, when the model lacks one that it takes or has one of another.
    private func priceModel(_ fields: inout FieldErrors) -> PriceModel? {
        let takes: [PriceModelName: Set<String>] = [
            .flat: ["unit_price"], .perUnit: ["unit_price"], .graduated: ["tiers"], .volume: ["tiers"],
            .package: ["unit_price", "package_size"], .percentage: ["percentage", "base"],
        ]
        let given: [(name: String, isThere: Bool)] = [
            ("unit_price", unitPrice != nil), ("tiers", tiers != nil), ("package_size", packageSize != nil),
            ("percentage", percentage != nil), ("base", base != nil),
        ]
        for (name, isThere) in given where isThere != takes[model, default: []].contains(name) {
            fields.add("/\(name)", isThere ? "is not taken by \(model.rawValue)" : "is missing")
        }
        let tiers = (tiers ?? []).map {
            PriceTier(upTo: $0.upTo, unitPrice: $0.unitPrice, flatFee: $0.flatFee ?? .zero)
        }
        switch model {
        case .flat: return unitPrice.map { .flat($0) }
        case .perUnit: return unitPrice.map { .perUnit($0) }
        case .graduated: return .graduated(tiers)
        case .volume: return .volume(tiers)
        case .package:
            guard let unitPrice, let packageSize else { return nil }
            return .package(unitPrice, size: packageSize, billsEmpty: billsEmptyPackage ?? false)
        case .percentage:
            guard let percentage, let base else { return nil }
            return .percentage(percent: percentage, of: base)
        }
    }
}

extension PriceModelError {
    /// Nil for an overflow, which no field alone is to blame for.
    fileprivate var field: FieldError? {
        switch self {
        case .noTiers: FieldError("/tiers", "must have at least one tier")
        case .tierOutOfOrder(let tier):
            FieldError("/tiers/\(tier)/up_to", "must be more than zero and than the tier before")
        case .tierWithoutEnd(let tier):
            FieldError("/tiers/\(tier)/up_to", "is missing: only the last tier has no end")
        case .lastTierEnds(let tier):
            FieldError("/tiers/\(tier)/up_to", "must be left out: the last tier has no end")
        case .emptyPackage: FieldError("/package_size", "must be more than zero")
        case .volumeIsNotProgressive:
            FieldError(
                "/billed_quantity", "goes not with volume: later units change what earlier ones cost")
        case .overflow: nil
        }
    }
}
