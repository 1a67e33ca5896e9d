import BillingMath
import Kernel
import Platform
import Postgres

/// What a person wants to be taken back of an issued invoice.
struct AskedCredit: Sendable {
    enum Extent: Sendable {
        /// All that is left.
        case whole
        case lines([Part])
        /// Shared out to all lines.
        case amount(Money, AmountBasis)
    }

    /// Of one line.
    struct Part: Sendable {
        enum Size: Sendable {
            /// Before tax.
            case amount(Money)
            case quantity(Quantity)
        }

        let line: Int
        let size: Size
        /// As on the invoice unless told.
        let description: String?
    }

    let reason: String
    let extent: Extent
}

extension CreditableInvoice {
    /// The credits of the lines, in their order, before they are looked at. Throws `unusableCredit` about
    /// amounts in another currency, `nothingToCredit` and `creditTooLarge`.
    func lines(for extent: AskedCredit.Extent) throws -> [LineCredit] {
        switch extent {
        case .whole: try allThatIsLeft()
        case .lines(let parts): try lines(for: parts)
        case .amount(let amount, let basis): try lines(sharing: amount, basis)
        }
    }

    private var label: String { number ?? "\(id)" }

    private var inOrder: [(number: Int, line: Line)] {
        lines.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func allThatIsLeft() throws -> [LineCredit] {
        let rest = inOrder.filter { $0.line.credited.rest != .nothing }
        guard grossMinor > settledMinor, !rest.isEmpty else {
            throw InvoicingProblem.creditTooLarge.with(
                detail: "Of invoice \(label) nothing is left to credit.")
        }
        return rest.map { LineCredit($0.line.credited.rest, of: $0.number, $0.line, explanation: nil) }
    }

    private func lines(sharing amount: Money, _ basis: AmountBasis) throws -> [LineCredit] {
        if amount.currency != currency { throw otherCurrency("/amount") }
        if amount.amountMinor <= 0 { throw InvoicingProblem.nothingToCredit }
        let rest = inOrder
        let left = rest.map(\.line.credited.rest)
        guard let parts = CreditPart.sharing(amount.amountMinor, basis, over: left) else {
            let sum = left.reduce(Int128(0)) { sum, part in
                sum + Int128(part.netMinor) + (basis == .gross ? Int128(part.taxMinor) : 0)
            }
            throw InvoicingProblem.creditTooLarge.with(
                detail: """
                    Of invoice \(label) only \(text(Int64(clamping: sum))) is left to credit, tax \
                    \(basis == .gross ? "included" : "not included").
                    """)
        }
        return try zip(rest, zip(left, parts)).compactMap { line, sizes in
            let (left, part) = sizes
            if part == .nothing { return nil }
            let explanation = try JSONText(encoding: SharedAmount(part, of: left, asked: amount, basis))
            return LineCredit(part, of: line.number, line.line, explanation: explanation)
        }
    }

    private func lines(for parts: [AskedCredit.Part]) throws -> [LineCredit] {
        try parts.enumerated().map { place, part in
            guard let line = lines[part.line] else {
                throw InvoicingProblem.creditTooLarge.with(
                    detail: "Invoice \(label) has no line \(part.line) to credit.")
            }
            let description = part.description ?? line.description
            switch part.size {
            case .amount(let net):
                if net.currency != currency { throw otherCurrency("/lines/\(place)/net") }
                return LineCredit(
                    line: part.line, netMinor: net.amountMinor, description: description, period: nil,
                    explanation: nil)
            case .quantity(let quantity):
                var credit = LineCredit(
                    line: part.line, netMinor: try line.net(of: quantity, part.line, label),
                    description: description, period: nil,
                    explanation: try JSONText(encoding: SharedQuantity(quantity, of: line, currency)))
                credit.quantity = quantity
                return credit
            }
        }
    }

    private func otherCurrency(_ pointer: String) -> Problem {
        InvoicingProblem.unusableCredit.with(errors: [
            FieldError("\(pointer)/currency", "must be \(currency), like the invoice's")
        ])
    }
}

extension CreditableInvoice.Line {
    /// What some of the line cost: 1 of 3 for 10.00 is 3.33, and the last takes what is left, 3.34. Throws
    /// `creditTooLarge` for more than were sold and not yet taken back.
    fileprivate func net(of asked: Quantity, _ line: Int, _ invoice: String) throws -> Int64 {
        let left = Quantity(micros: quantity.micros - creditedQuantity.micros)
        guard asked <= left else {
            throw InvoicingProblem.creditTooLarge.with(
                detail: "Of line \(line) of invoice \(invoice) only \(left) are left to credit.")
        }
        if asked == left { return credited.rest.netMinor }
        let product = Int128(credited.netMinor) * Int128(asked.micros)
        // No more than the whole line: `asked` is less than was sold.
        return Int64(Rounding.halfUp.divide(product, by: Int128(quantity.micros)))
    }
}

extension LineCredit {
    fileprivate init(
        _ part: CreditPart, of number: Int, _ line: CreditableInvoice.Line, explanation: JSONText?
    ) {
        self.init(
            line: number, netMinor: part.netMinor, description: line.description, period: nil,
            explanation: explanation)
        taxMinor = part.taxMinor
    }
}

/// Why a line's share of an amount is what it is: its part of what was left of all lines, and of that as much
/// tax as the rest of the line has.
private struct SharedAmount: Encodable {
    let rule = "shared_amount"
    let amount: Money
    let basis: AmountBasis
    let leftNet: Money
    let leftTax: Money
    let net: Money
    let tax: Money
    let allocation = "largest_remainder"

    init(_ part: CreditPart, of left: CreditPart, asked: Money, _ basis: AmountBasis) {
        amount = asked
        self.basis = basis
        leftNet = Money(left.netMinor, asked.currency)
        leftTax = Money(left.taxMinor, asked.currency)
        net = Money(part.netMinor, asked.currency)
        tax = Money(part.taxMinor, asked.currency)
    }

    private enum CodingKeys: String, CodingKey {
        case rule, amount, basis
        case leftNet = "left_net"
        case leftTax = "left_tax"
        case net, tax, allocation
    }
}

/// Why some of what a line sold are worth what they are.
private struct SharedQuantity: Encodable {
    let rule = "quantity"
    let quantity: Quantity
    let soldQuantity: Quantity
    let creditedQuantity: Quantity
    let soldNet: Money

    init(_ quantity: Quantity, of line: CreditableInvoice.Line, _ currency: Currency) {
        self.quantity = quantity
        soldQuantity = line.quantity
        creditedQuantity = line.creditedQuantity
        soldNet = Money(line.credited.netMinor, currency)
    }

    private enum CodingKeys: String, CodingKey {
        case rule, quantity
        case soldQuantity = "sold_quantity"
        case creditedQuantity = "credited_quantity"
        case soldNet = "sold_net"
    }
}
