import BillingMath
import Kernel
import Postgres
import Tenancy

/// A line as a person writes it: how much of what, at which price before tax.
struct DraftLine: Sendable, Hashable {
    let description: String
    let quantity: Quantity
    let unitPrice: Money
    var period: DaySpan?
    /// Of the catalogue.
    var product: ProductID?
    var taxClass = TaxClass.standard
}

extension DraftLine {
    init(_ line: InvoiceLine, in currency: Currency) {
        self.init(
            description: line.description, quantity: line.quantity,
            unitPrice: Money(line.unitPriceMinor, currency))
        if let start = line.periodStart, let end = line.periodEnd { period = DaySpan(start, end) }
        product = line.product
        taxClass = line.taxClass ?? .standard
    }
}

/// The lines of a draft with their tax, and what they add up to.
struct TaxedLines: Sendable {
    let rounding: TaxRounding
    let paymentTermsDays: Int
    let totals: InvoiceTotals
    let lines: [LineToIssue]

    /// 2 × 4.99 at 19 % is 9.98 net and 1.90 tax. Throws `invalid` about lines in another currency,
    /// `tooLarge` beyond 64 bits, and `negative` when the whole is less than zero: a single line may be.
    /// `termsDays` are the invoice's own, over those of the policies.
    init(
        _ drafts: [DraftLine], in currency: Currency, tax: (TaxClass) -> LineTax, policies: PolicyCascade,
        termsDays: Int? = nil
    ) throws {
        let errors = drafts.indices.filter { drafts[$0].unitPrice.currency != currency }.map {
            FieldError("/lines/\($0)/unit_price/currency", "must be \(currency), like the invoice's")
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        let rounding = policies.value(Policies.taxRounding)
        let taxes = drafts.map { tax($0.taxClass) }
        let charges: [ManualCharge]
        let totals: InvoiceTotals
        do {
            charges = try drafts.map {
                try ManualCharge(unitMinor: $0.unitPrice.amountMinor, quantity: $0.quantity)
            }
            totals = try InvoiceTotals.compute(
                zip(charges, taxes).map { TaxedAmount(netMinor: $0.amountMinor, tax: $1) },
                rounding: rounding)
        } catch is MoneyError {
            throw InvoicingProblem.tooLarge
        }
        if totals.netMinor < 0 { throw InvoicingProblem.negative }
        self.rounding = rounding
        paymentTermsDays = termsDays ?? policies.value(Policies.paymentTermsDays).value
        self.totals = totals
        let applied =
            (termsDays == nil ? [policies.applied(Policies.paymentTermsDays)] : [])
            + [policies.applied(Policies.taxRounding)]
        lines = drafts.indices.map { place in
            var line = LineToIssue(
                description: drafts[place].description, quantityMicros: drafts[place].quantity.micros,
                unitPriceMinor: drafts[place].unitPrice.amountMinor, netMinor: charges[place].amountMinor,
                tax: taxes[place], taxesMinor: totals.componentTaxesMinor[place],
                periodStart: drafts[place].period?.start, periodEnd: drafts[place].period?.end, source: nil,
                explanation: JSONText(
                    Explanation(
                        charges[place], at: place, of: totals, in: currency, tax: (taxes[place], rounding)
                    )
                    .naming(applied).json))
            line.product = drafts[place].product
            line.taxClass = drafts[place].taxClass
            return line
        }
    }
}
