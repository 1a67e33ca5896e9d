import BillingMath
import Kernel
import Postgres
import Tax
import Tenancy

/// A line as a person writes it: how much of what, at which price before tax.
struct DraftLine: Sendable, Hashable {
    let description: String
    let quantity: Quantity
    let unitPrice: Money
    var period: DaySpan?
    /// Of the catalogue.
    var product: ProductID?
}

extension DraftLine {
    init(_ line: InvoiceLine, in currency: Currency) {
        self.init(
            description: line.description, quantity: line.quantity,
            unitPrice: Money(line.unitPriceMinor, currency))
        if let start = line.periodStart, let end = line.periodEnd { period = DaySpan(start, end) }
        product = line.product
    }
}

/// The lines of a draft with their tax, and what they add up to.
struct TaxedLines: Sendable {
    let tax: CustomerTax
    let paymentTermsDays: Int
    let totals: InvoiceTotals
    let lines: [LineToIssue]

    /// 2 × 4.99 at 19 % is 9.98 net and 1.90 tax. Throws `invalid` about lines in another currency,
    /// `tooLarge` beyond 64 bits, and `negative` when the whole is less than zero: a single line may be.
    /// `termsDays` are the invoice's own, over those of the policies.
    init(
        _ drafts: [DraftLine], in currency: Currency, tax: CustomerTax, policies: PolicyCascade,
        termsDays: Int? = nil
    ) throws {
        let errors = drafts.indices.filter { drafts[$0].unitPrice.currency != currency }.map {
            FieldError("/lines/\($0)/unit_price/currency", "must be \(currency), like the invoice's")
        }
        if !errors.isEmpty { throw Problem.invalid.with(errors: errors) }
        let charges: [ManualCharge]
        let totals: InvoiceTotals
        do {
            charges = try drafts.map {
                try ManualCharge(unitMinor: $0.unitPrice.amountMinor, quantity: $0.quantity)
            }
            totals = try InvoiceTotals.compute(
                charges.map(\.amountMinor), rate: tax.rate, rounding: tax.rounding)
        } catch is MoneyError {
            throw InvoicingProblem.tooLarge
        }
        if totals.netMinor < 0 { throw InvoicingProblem.negative }
        self.tax = tax
        paymentTermsDays = termsDays ?? policies.value(Policies.paymentTermsDays).value
        self.totals = totals
        let applied =
            (termsDays == nil ? [policies.applied(Policies.paymentTermsDays)] : [])
            + [policies.applied(Policies.taxRounding)]
        lines = drafts.indices.map { place in
            var line = LineToIssue(
                description: drafts[place].description, quantityMicros: drafts[place].quantity.micros,
                unitPriceMinor: drafts[place].unitPrice.amountMinor, netMinor: charges[place].amountMinor,
                taxMinor: totals.lineTaxesMinor[place], taxRatePPM: tax.rate.ratePPM,
                periodStart: drafts[place].period?.start, periodEnd: drafts[place].period?.end, source: nil,
                explanation: JSONText(
                    Explanation(charges[place], at: place, of: totals, in: currency, tax: tax)
                        .naming(applied).json))
            line.product = drafts[place].product
            return line
        }
    }
}
