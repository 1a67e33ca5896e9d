import BillingMath
package import Foundation
package import Kernel
import Platform
import Postgres
import Web

/// The invoice that takes the place of another, which is cancelled with it.
struct Reissue: Sendable {
    struct Line: Sendable {
        /// The former invoice's line that it takes the place of; nil for a new one.
        let former: Int?
        let description: String?
        let quantity: Quantity?
        let unitPrice: Money?
    }

    /// Stands on the credit note that cancels the former.
    let reason: Text<1, 500>
    /// Nil: those that there were.
    let lines: [Line]?
    /// What is decided otherwise beside the lines.
    let change: InvoiceChange
}

/// An issued invoice that another has taken the place of, in the same transaction.
package struct ReplacedInvoice: Sendable {
    package let invoice: InvoiceID
    /// Of the note that cancels it.
    package let creditNote: UUID
    package let replacement: InvoiceID
    /// The lines that are there again, by their numbers on both.
    package let lines: [(former: Int, line: Int)]
}

/// A line of the new invoice before its tax.
struct ReissuedLine: Sendable {
    /// What is taxed: of a line that stays as it was, its net as one.
    var draft: DraftLine
    let former: InvoiceLine?
    /// Whether quantity, price and discount are the former's.
    let isKept: Bool
}

extension Reissue {
    /// Throws `unusableReissue` about every line that is wrong.
    func lines(of former: InvoiceDocument) throws -> [ReissuedLine] {
        let all = former.lines.map {
            Line(former: $0.number, description: nil, quantity: nil, unitPrice: nil)
        }
        let asked = lines ?? all
        var errors: [FieldError] = []
        let named = asked.compactMap(\.former)
        if Set(named).count < named.count {
            errors.append(FieldError("/lines", "must name each line of the former invoice once"))
        }
        if !(1...NewLine.limit).contains(asked.count) {
            errors.append(FieldError("/lines", "must have 1 to \(NewLine.limit) lines"))
        }
        let known = Dictionary(uniqueKeysWithValues: former.lines.map { ($0.number, $0) })
        let made = asked.enumerated().compactMap { place, line -> ReissuedLine? in
            let problems = line.errors(known, in: former.invoice.currency)
            errors += problems.map { FieldError("/lines/\(place)\($0.pointer)", $0.message) }
            return ReissuedLine(line, line.former.flatMap { known[$0] }, in: former.invoice.currency)
        }
        if !errors.isEmpty { throw InvoicingProblem.unusableReissue.with(errors: errors) }
        return made
    }
}

extension Reissue.Line {
    fileprivate func errors(_ known: [Int: InvoiceLine], in currency: Currency) -> [FieldError] {
        var errors: [FieldError] = []
        if let former, known[former] == nil {
            errors.append(FieldError("/line", "is no line of the former invoice"))
        }
        if former == nil, description == nil || quantity == nil || unitPrice == nil {
            errors.append(
                FieldError("", "must name a line, or have a description, a quantity and a unit_price"))
        }
        if let quantity, quantity <= .zero {
            errors.append(FieldError("/quantity", "must be more than zero"))
        }
        if let unitPrice, unitPrice.currency != currency {
            errors.append(FieldError("/unit_price/currency", "must be \(currency), as before"))
        }
        return errors
    }
}

extension ReissuedLine {
    /// Nil where something is missing.
    fileprivate init?(_ asked: Reissue.Line, _ former: InvoiceLine?, in currency: Currency) {
        guard let description = asked.description ?? former?.description else { return nil }
        self.former = former
        isKept = former != nil && asked.quantity == nil && asked.unitPrice == nil
        if let former, isKept {
            draft = DraftLine(
                description: description, quantity: .one, unitPrice: Money(former.netMinor, currency))
            draft.taxClass = former.taxClass ?? .standard
            return
        }
        guard let quantity = asked.quantity ?? former?.quantity,
            let price = asked.unitPrice ?? former.map({ Money($0.unitPriceMinor, currency) })
        else { return nil }
        draft = DraftLine(description: description, quantity: quantity, unitPrice: price)
        draft.taxClass = former?.taxClass ?? .standard
    }

    /// The line with its tax. It bills what the former did; one that is kept also keeps its explanation, in
    /// which only the tax is told anew.
    func issued(_ taxed: LineToIssue) throws -> LineToIssue {
        guard let former else { return taxed }
        var line = taxed
        line.periodStart = former.periodStart
        line.periodEnd = former.periodEnd
        line.source = former.source
        line.product = former.product
        guard isKept else { return line }
        line.quantityMicros = former.quantity.micros
        line.unitPriceMinor = former.unitPriceMinor
        line.discountMinor = former.discountMinor
        line.explanation = try former.explanation.taxed(as: taxed.explanation)
        return line
    }
}

extension JSONText {
    /// The same explanation with the tax of another.
    fileprivate func taxed(as other: JSONText) throws -> JSONText {
        guard case .object(var fields) = try decode(JSONValue.self),
            case .object(let others) = try other.decode(JSONValue.self)
        else { return other }
        fields["tax"] = others["tax"]
        return try JSONText(encoding: JSONValue.object(fields))
    }
}
