import BillingMath
import Foundation
import Kernel
import Postgres
import Web

/// Why an invoice is what it is: each line in words, as data, and computed anew from that data.
struct InvoiceExplanation: Codable, Sendable {
    let id: InvoiceID
    /// Absent on a draft.
    let number: String?
    let state: Invoice.State
    let currency: Currency
    let lines: [LineExplanation]
    /// How net, tax and gross add up, and what of it was credited.
    let sentences: [String]
}

/// Why one line is what it is.
struct LineExplanation: Codable, Sendable {
    /// Counted from 1.
    let number: Int
    let description: String
    let net: Money
    let tax: Money
    /// Plain English, one step each.
    let sentences: [String]
    /// What the inputs in data come to, whatever the line says.
    let recomputed: RecomputedLine
    /// Whether what is recomputed is what the line says, to the cent.
    let agrees: Bool
    /// As the line keeps it: inputs, exact amounts and arithmetic.
    let data: JSONBytes
}

struct RecomputedLine: Codable, Sendable {
    let net: Money
    let tax: Money
}

extension InvoiceExplanation {
    /// Throws when a line keeps what is no explanation.
    init(_ document: InvoiceDocument) throws {
        let invoice = document.invoice
        let explained = try document.lines.map { try ExplainedLine(json: $0.explanation.text) }
        let amounts = try ExplainedLine.recomputed(explained)
        self.init(
            id: invoice.id, number: invoice.number, state: invoice.state, currency: invoice.currency,
            lines: document.lines.indices.map {
                LineExplanation(document.lines[$0], explained[$0], amounts[$0], in: invoice.currency)
            },
            sentences: document.sums + document.fate)
    }
}

extension LineExplanation {
    fileprivate init(
        _ line: InvoiceLine, _ explained: ExplainedLine, _ amounts: ExplainedLine.Amounts,
        in currency: Currency
    ) {
        let (net, tax) = (Money(line.netMinor, currency), Money(line.taxMinor, currency))
        self.init(
            number: line.number, description: line.description, net: net, tax: tax,
            sentences: explained.sentences,
            recomputed: RecomputedLine(net: amounts.net, tax: amounts.tax),
            agrees: amounts.net == net && amounts.tax == tax,
            data: JSONBytes(Data(line.explanation.text.utf8)))
    }
}

extension InvoiceDocument {
    fileprivate var sums: [String] {
        let (net, tax) = (lines.map(\.netMinor), lines.map(\.taxMinor))
        let rounded =
            switch invoice.taxRounding {
            case .line: "rounded on each line"
            case .rate: "rounded once for each rate and shared out to the lines"
            case .invoice: "rounded once and shared out to the lines"
            }
        return [
            "Net: \(sum(net, as: invoice.net)).",
            "Tax, \(rounded): \(sum(tax, as: invoice.tax)).",
            "Gross: \(invoice.net.decimal) + \(invoice.tax.decimal) = \(invoice.gross.words).",
        ]
    }

    /// Beyond a few lines nobody adds up by eye.
    private func sum(_ amountsMinor: [Int64], as total: Money) -> String {
        guard (2...12).contains(lines.count) else {
            return "\(total.words), the sum of \(lines.count) \(lines.count == 1 ? "line" : "lines")"
        }
        let terms = amountsMinor.map { amount in
            let text = Money(amount, invoice.currency).decimal
            return amount < 0 ? "(\(text))" : text
        }
        return "\(terms.joined(separator: " + ")) = \(total.words)"
    }

    /// What became of it since.
    fileprivate var fate: [String] {
        let credited = creditNotes.map { note in
            let whole = invoice.state == .void ? ", the whole invoice" : ""
            return
                "Credit note \(note.number) of \(note.issuedOn) gives back \(note.gross.words) gross\(whole)."
        }
        switch invoice.state {
        case .draft: return ["A draft: its tax is computed anew when it is finalized."]
        case .void: return credited + ["Void: nothing of it is to be paid."]
        case .open, .paid, .uncollectible:
            let left = Money(invoice.grossMinor - invoice.settledMinor, invoice.currency)
            return credited + ["Settled: \(invoice.settled.words). Left to pay: \(left.words)."]
        }
    }
}

extension Money {
    fileprivate var words: String { "\(decimal) \(currency)" }
}
