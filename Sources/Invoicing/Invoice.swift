package import BillingMath
package import Kernel
package import Postgres

/// What a customer owes, and why.
///
/// A draft may change; an issued invoice has a number and never changes again but in its state and in what
/// was settled of it. The database refuses the rest.
package struct Invoice: Versioned, Sendable, Hashable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case draft, open, paid, void, uncollectible
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case replaceLines = "replace_lines"
        case update, merge, delete, finalize, void, reissue, credit
    }

    package let id: InvoiceID
    package let customer: CustomerID
    package let state: State
    package let version: Int
    /// Nil for a draft, like the days of issue and payment.
    package let number: String?
    package let currency: Currency
    package let serviceOn: Day
    package let issuedOn: Day?
    package let dueOn: Day?
    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    /// What was paid and what credit notes by line have taken back so far: gross less settled is left to pay.
    /// Nothing of a void invoice is settled: the note that cancelled it took back the whole.
    package let settledMinor: Int64
    package let lineCount: Int
    package let taxRounding: TaxRounding
    package let recordedAt: Instant
    package var remarks = InvoiceRemarks.none
    /// The cancelled invoice that this one was issued in the place of.
    package var replaces: InvoiceID?

    package var net: Money { Money(netMinor, currency) }
    package var tax: Money { Money(taxMinor, currency) }
    package var gross: Money { Money(grossMinor, currency) }
    package var settled: Money { Money(settledMinor, currency) }
}

extension Invoice.State {
    /// The table of allowed moves.
    package var next: [Invoice.State] {
        switch self {
        case .draft: [.open, .paid]
        case .open: [.paid, .void, .uncollectible]
        case .paid: [.void]
        case .uncollectible: [.paid, .void]
        case .void: []
        }
    }

    /// Nothing is left to pay of a total of zero.
    package static func issued(grossMinor: Int64) -> Invoice.State {
        grossMinor == 0 ? .paid : .open
    }
}

extension Invoice {
    /// What the state allows; who may do it is a matter of permissions.
    func allows(_ action: Action) -> Bool {
        switch action {
        case .replaceLines, .update, .merge, .delete: state == .draft
        case .finalize: state == .draft && lineCount > 0
        case .void, .reissue: state.next.contains(.void) && settledMinor == 0
        case .credit: (state == .open || state == .paid) && settledMinor < grossMinor
        }
    }

    func actions(for actor: Actor) -> [Action] {
        actor.may(.invoicingWrite) ? Action.allCases.filter(allows) : []
    }

    /// Throws `wrongState`, or the problem that says more.
    func require(_ action: Action) throws {
        if allows(action) { return }
        switch action {
        case .finalize where state == .draft: throw InvoicingProblem.empty
        case .void where state.next.contains(.void), .reissue where state.next.contains(.void):
            throw InvoicingProblem.settled
        case .void where state == .draft:
            throw InvoicingProblem.wrongState.with(
                detail: "A draft was never issued: delete it instead of voiding it.")
        default:
            throw InvoicingProblem.wrongState.with(
                detail: "The invoice is \(state.rawValue): it takes no \(action.rawValue).")
        }
    }
}

/// One line of an invoice.
package struct InvoiceLine: Sendable, Hashable {
    /// Counted from 1.
    package let number: Int
    package let description: String
    package let quantity: Quantity
    package let unitPriceMinor: Int64
    /// What is taken off unit price times quantity.
    package let discountMinor: Int64
    package let netMinor: Int64
    package let taxMinor: Int64
    package let taxRate: TaxRate
    /// Nil on a line from before there were categories, like the category and the taxes.
    let taxClass: TaxClass?
    let taxCategory: TaxCategory?
    let taxes: [TaxRecord.Component]?
    package let periodStart: Day?
    /// The first day that is no longer paid for.
    package let periodEnd: Day?
    /// What the line was made from, as its maker calls it.
    package let source: String?
    /// Of the catalogue; nil for what is not, and for what a billing run billed, whose source tells.
    package let product: ProductID?
    /// Why the line is what it is, as a JSON object.
    package let explanation: JSONText
}

extension InvoiceLine {
    var tax: LineTax { LineTax(recorded: taxes, category: taxCategory, rate: taxRate) }
    /// Of each tax that the line bears.
    var taxesMinor: [Int64] { taxes?.map(\.amount) ?? (taxRate == .zero ? [] : [taxMinor]) }
}
