import BillingMath
import Kernel

/// An issued invoice with what of it can still be credited.
struct CreditableInvoice: Sendable {
    struct Line: Sendable, Hashable {
        var credited: CreditedLine
        let tax: LineTax
        var description = ""
        var quantity = Quantity.zero
        /// How many were taken back by their number.
        var creditedQuantity = Quantity.zero
    }

    let id: InvoiceID
    let customer: CustomerID
    private(set) var state: Invoice.State
    private(set) var version: Int
    /// Nil for a draft.
    let number: String?
    let currency: Currency
    let grossMinor: Int64
    let taxRounding: TaxRounding
    private(set) var settledMinor: Int64
    /// The last that its credit notes posted; 0 without any.
    private(set) var lastEntry: Int16
    /// By category and rate; nil for an invoice from before there were categories.
    let taxGroups: [TaxRecord.Group]?
    /// By their number, counted from 1.
    var lines: [Int: Line] = [:]

    /// What it is before any credit is planned.
    struct Head: Sendable {
        let id: InvoiceID
        let customer: CustomerID
        let state: Invoice.State
        let version: Int
        let number: String?
        let currency: Currency
        let grossMinor: Int64
        let taxRounding: TaxRounding
        let settledMinor: Int64
        let lastEntry: Int16
        var taxGroups: [TaxRecord.Group]?
    }

    init(_ head: Head) {
        id = head.id
        customer = head.customer
        state = head.state
        version = head.version
        number = head.number
        currency = head.currency
        grossMinor = head.grossMinor
        taxRounding = head.taxRounding
        settledMinor = head.settledMinor
        lastEntry = head.lastEntry
        taxGroups = head.taxGroups
    }

    /// The note with its tax. What it takes is gone for the next one. Throws `wrongState`,
    /// `nothingToCredit`, `creditTooLarge`.
    mutating func plan(_ credit: CreditToIssue) throws(Problem) -> PlannedCreditNote {
        let number = try creditableNumber
        if credit.lines.isEmpty { throw InvoicingProblem.nothingToCredit }
        let taxes = try taxes(on: credit.lines)
        var lines: [PlannedCreditNote.Line] = []
        for (line, parts) in zip(credit.lines, taxes) { lines.append(try take(line, parts, of: number)) }
        let net = lines.reduce(Int128(0)) { $0 + Int128($1.credit.netMinor) }
        let tax = lines.reduce(Int128(0)) { $0 + Int128($1.taxMinor) }
        // Lines below zero, such as a discount's, leave less to pay than the lines above it would give back.
        let left = grossMinor - settledMinor
        guard net + tax <= Int128(left) else {
            throw InvoicingProblem.creditTooLarge.with(
                detail: "Of invoice \(number) only \(text(left)) is left to credit, tax included.")
        }
        // They fit: no part is more than what is left.
        let (netMinor, taxMinor) = (Int64(net), Int64(tax))
        let before = lastEntry
        try settle(by: netMinor + taxMinor, posting: taxMinor == 0 ? 1 : 2)
        return PlannedCreditNote(
            id: credit.id, customer: customer, invoice: id, invoiceNumber: number, currency: currency,
            reason: credit.reason, netMinor: netMinor, taxMinor: taxMinor, grossMinor: netMinor + taxMinor,
            lines: lines, taxGroups: taxGroups.map { TaxRecord.groups($0, of: lines.map(\.recorded)) },
            outcome: PlannedCreditNote.Outcome(state: state, version: version, lastEntry: before))
    }

    /// Its number when it was issued and stands. Throws `wrongState`.
    var creditableNumber: String {
        get throws(Problem) {
            guard let number, state == .open || state == .paid else {
                throw InvoicingProblem.wrongState.with(
                    detail: "The invoice is \(state.rawValue): nothing of it can be credited.")
            }
            return number
        }
    }

    /// What would be billed on each line of a note by the taxes and the rounding of the invoice.
    private func taxes(on credits: [LineCredit]) throws(Problem) -> [[Int64]] {
        do {
            return try InvoiceTotals.compute(
                credits.map {
                    TaxedAmount(
                        netMinor: $0.netMinor,
                        tax: lines[$0.line]?.tax ?? LineTax(rate: .zero, reason: .exempt))
                }, rounding: taxRounding
            ).componentTaxesMinor
        } catch {
            throw InvoicingProblem.creditTooLarge
        }
    }

    private mutating func take(
        _ credit: LineCredit, _ taxesOnPart: [Int64], of number: String
    ) throws(Problem) -> PlannedCreditNote.Line {
        guard credit.netMinor > 0 || credit.taxMinor != nil else { throw InvoicingProblem.nothingToCredit }
        guard var line = lines[credit.line] else {
            throw InvoicingProblem.creditTooLarge.with(
                detail: "Invoice \(number) has no line \(credit.line) to credit.")
        }
        guard let taxes = line.credited.take(credit, taxesOnPart: taxesOnPart) else {
            throw InvoicingProblem.creditTooLarge.with(
                detail: """
                    Of line \(credit.line) of invoice \(number) only \(text(line.credited.leftMinor)) is \
                    left to credit before tax.
                    """)
        }
        lines[credit.line] = line
        return PlannedCreditNote.Line(credit: credit, tax: line.tax, taxesMinor: taxes)
    }

    private mutating func settle(by grossMinor: Int64, posting entries: Int16) throws(Problem) {
        let (last, overflow) = lastEntry.addingReportingOverflow(entries)
        if overflow {
            throw InvoicingProblem.creditTooLarge.with(
                detail: "The invoice has as many credit notes as one can have.")
        }
        lastEntry = last
        settledMinor += grossMinor
        version += 1
        if settledMinor == self.grossMinor { state = .paid }
    }

    func text(_ amountMinor: Int64) -> String {
        "\(Money(amountMinor, currency).decimal) \(currency)"
    }
}

extension CreditedLine {
    /// The taxes that go back with it; nil when it does not fit.
    fileprivate mutating func take(_ part: LineCredit, taxesOnPart: [Int64]) -> [Int64]? {
        guard let tax = part.taxMinor else { return credit(part.netMinor, taxesOnPart: taxesOnPart) }
        return credit(CreditPart(netMinor: part.netMinor, taxMinor: tax))
    }
}
