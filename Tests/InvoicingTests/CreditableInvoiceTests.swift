import BillingMath
import Kernel
import Testing

@testable import Invoicing

@Suite("What of an invoice can be credited")
struct CreditableInvoiceTests {
    @Test("a note adds up its lines, and moves the invoice on")
    func note() throws {
        // Net 10.00 + 3.00, tax 1.90 + 0.57: gross 15.47.
        var invoice = try invoice([(1000, 190), (300, 57)], grossMinor: 1547)
        // 4.00 and 0.76; 1.00 and 0.19.
        let first = try invoice.plan(credit([(1, 400), (2, 100)]))
        #expect([first.netMinor, first.taxMinor, first.grossMinor] == [500, 95, 595])
        #expect(first.lines.map(\.credit.line) == [1, 2])
        #expect(first.lines.map(\.taxMinor) == [76, 19])
        #expect(first.invoiceNumber == "A-1")
        #expect(first.outcome == .init(state: .open, version: 8, lastEntry: 0))
        // The rest of both, one of them in two lines of one note: 1.14, 0.19 and 0.19.
        let second = try invoice.plan(credit([(1, 600), (2, 100), (2, 100)]))
        #expect(second.lines.map(\.taxMinor) == [114, 19, 19])
        #expect(first.grossMinor + second.grossMinor == 1547)
        #expect(second.outcome == .init(state: .paid, version: 9, lastEntry: 2))
        #expect(code { try invoice.plan(credit([(1, 1)])) } == "credit_too_large")
    }

    @Test(
        "only what was issued and stands can be credited",
        arguments: [
            (.draft, "wrong_state"), (.open, nil), (.paid, nil), (.void, "wrong_state"),
            (.uncollectible, "wrong_state"),
        ] as [(Invoice.State, String?)])
    func states(_ state: Invoice.State, refusal: String?) throws {
        var invoice = try invoice([(1000, 190)], grossMinor: 1190, state: state)
        #expect(code { try invoice.plan(credit([(1, 1000)])) } == refusal)
    }

    @Test(
        "what is not there cannot be credited",
        arguments: [
            ([(1, 1001)], "credit_too_large"), ([(1, 600), (1, 401)], "credit_too_large"),
            ([(0, 1)], "credit_too_large"), ([(4, 1)], "credit_too_large"),
            // A line below zero, and one of nothing.
            ([(2, 1)], "credit_too_large"), ([(3, 1)], "credit_too_large"),
            ([(1, 0)], "nothing_to_credit"), ([(1, -1)], "nothing_to_credit"), ([], "nothing_to_credit"),
            // The discount of line 2 leaves 8.33 to pay, less than line 1 alone: 7.00 + 1.33 are all of it.
            ([(1, 701)], "credit_too_large"), ([(1, 700)], nil),
        ] as [([(Int, Int64)], String?)])
    func refused(lines: [(Int, Int64)], refusal: String?) throws {
        var invoice = try invoice([(1000, 190), (-300, -57), (0, 0)], grossMinor: 833)
        #expect(code { try invoice.plan(credit(lines)) } == refusal)
    }

    @Test("a refusal says how much is left")
    func told() throws {
        var invoice = try invoice([(1000, 190)], grossMinor: 1190)
        _ = try invoice.plan(credit([(1, 766)]))
        let refusal = #expect(throws: Problem.self) { try invoice.plan(credit([(1, 235)])) }
        #expect(refusal?.detail == "Of line 1 of invoice A-1 only 2.34 EUR is left to credit before tax.")
    }

    @Test("entries end where the ledger's numbers do")
    func entries() throws {
        // One entry is left, and net and tax take two.
        var taxed = try invoice([(1000, 190)], grossMinor: 1190, lastEntry: .max - 1)
        #expect(code { try taxed.plan(credit([(1, 100)])) } == "credit_too_large")
        var untaxed = try invoice([(1000, 0)], grossMinor: 1000, lastEntry: .max - 1)
        #expect(code { try untaxed.plan(credit([(1, 100)])) } == nil)
    }

    /// With which code it is refused; nil when it is not.
    private func code(_ body: () throws -> PlannedCreditNote) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Problem)?.code ?? "\(error)"
        }
    }

    private func invoice(
        _ lines: [(net: Int64, tax: Int64)], grossMinor: Int64, state: Invoice.State = .open,
        lastEntry: Int16 = 0
    ) throws -> CreditableInvoice {
        var invoice = CreditableInvoice(
            CreditableInvoice.Head(
                id: .new(), customer: .new(), state: state, version: 7,
                number: state == .draft ? nil : "A-1", currency: try #require(Currency("EUR")),
                grossMinor: grossMinor, taxRounding: .line, settledMinor: 0, lastEntry: lastEntry))
        let tax = LineTax(
            rate: try #require(TaxRate(ratePPM: 190_000)),
            reason: .countryRate(try #require(CountryCode("DE")), name: "USt"))
        for (place, line) in lines.enumerated() {
            invoice.lines[place + 1] = .init(
                credited: CreditedLine(netMinor: line.net, taxesMinor: [line.tax]), tax: tax)
        }
        return invoice
    }

    private func credit(_ lines: [(Int, Int64)]) -> CreditToIssue {
        CreditToIssue(
            id: .new(), invoice: .new(), reason: "A test",
            lines: lines.map {
                LineCredit(line: $0, netMinor: $1, description: "x", period: nil, explanation: nil)
            })
    }
}
