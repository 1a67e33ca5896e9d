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
    let tiers: [PriceTierTerms]?
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
        for (name, quantity) in [("quantity", quantity), ("billed_quantity", billedQuantity)]
        where quantity.map({ $0 < .zero }) ?? false {
            fields.add("/\(name)", "must not be negative")
        }
        if let billedQuantity, billedQuantity > quantity ?? .zero {
            fields.add("/billed_quantity", "must not be more than quantity")
        }
        let (priced, errors) = terms.pricing(in: currency)
        for error in errors { fields.add(error.pointer, error.message) }
        if let setUpFee {
            if setUpFee.currency != currency { fields.add("/set_up_fee/currency", "must be \(currency)") }
            if setUpFee.amountMinor < 0 { fields.add("/set_up_fee/amount", "must not be negative") }
        }
        guard fields.errors.isEmpty, var pricing = priced else {
            throw CalculationsProblem.incalculable.with(errors: fields.errors)
        }
        pricing.setUpMinor = setUpFee?.amountMinor ?? 0
        pricing.rounding = rounding ?? .halfUp
        return pricing
    }

    private var terms: PriceTerms {
        var terms = PriceTerms(model)
        terms.unitPrice = unitPrice
        terms.packageSize = packageSize
        terms.billsEmptyPackage = billsEmptyPackage
        terms.tiers = tiers
        terms.feeAtZero = feeAtZero
        terms.percentage = percentage
        terms.base = base
        terms.includedQuantity = includedQuantity
        terms.minimumSpend = minimumSpend
        terms.maximumSpend = maximumSpend
        return terms
    }
}
