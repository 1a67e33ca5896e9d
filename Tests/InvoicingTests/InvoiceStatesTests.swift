import BillingMath
import Kernel
import Testing

@testable import Invoicing

@Suite("Invoice states")
struct InvoiceStatesTests {
    @Test("The table of allowed moves is this and no other")
    func moves() {
        let allowed: [Invoice.State: Set<Invoice.State>] = [
            .draft: [.open, .paid], .open: [.paid, .void, .uncollectible], .paid: [.void],
            .uncollectible: [.paid, .void], .void: [],
        ]
        for state in Invoice.State.allCases {
            #expect(Set(state.next) == allowed[state])
        }
    }

    @Test("A total of zero is paid at issue, any other is open")
    func issued() {
        #expect(Invoice.State.issued(grossMinor: 0) == .paid)
        #expect(Invoice.State.issued(grossMinor: 1) == .open)
    }

    @Test(
        "Each state allows its actions",
        arguments: [
            (.draft, 1, 0, [.replaceLines, .update, .merge, .delete, .finalize]),
            (.draft, 0, 0, [.replaceLines, .update, .merge, .delete]),
            (.open, 1, 0, [.void, .reissue, .credit]),
            (.open, 1, 4, [.credit]),
            (.open, 1, 5, []),
            (.paid, 1, 0, [.void, .reissue, .credit]),
            (.paid, 1, 5, []),
            (.uncollectible, 1, 0, [.void, .reissue]),
            (.void, 1, 0, []),
        ] as [(Invoice.State, Int, Int64, [Invoice.Action])])
    func actions(_ state: Invoice.State, lineCount: Int, settledMinor: Int64, expected: [Invoice.Action]) {
        let invoice = Invoice.example(state, lineCount: lineCount, settledMinor: settledMinor)
        let scope = TenantScope(.new())
        #expect(invoice.actions(for: Actor(.automation, role: .staff, scope: scope)) == expected)
        #expect(invoice.actions(for: Actor(.automation, role: .readOnly, scope: scope)) == [])
    }

    @Test("What is refused says why")
    func refusals() {
        #expect(throws: InvoicingProblem.empty) {
            try Invoice.example(.draft, lineCount: 0).require(.finalize)
        }
        #expect(throws: InvoicingProblem.settled) {
            try Invoice.example(.open, settledMinor: 5).require(.void)
        }
        for (state, action) in [
            (Invoice.State.draft, Invoice.Action.void), (.void, .void), (.open, .finalize),
        ] {
            let refusal = #expect(throws: Problem.self) { try Invoice.example(state).require(action) }
            #expect(refusal?.code == "wrong_state")
        }
    }
}

extension Invoice {
    fileprivate static func example(_ state: State, lineCount: Int = 1, settledMinor: Int64 = 0) -> Invoice {
        let day = Day(year: 2026, month: 12, day: 1)!
        return Invoice(
            id: .new(), customer: .new(), state: state, version: 1, number: state == .draft ? nil : "1",
            currency: Currency("EUR")!, serviceOn: day, issuedOn: state == .draft ? nil : day, dueOn: nil,
            netMinor: 5, taxMinor: 0, grossMinor: 5, settledMinor: settledMinor, lineCount: lineCount,
            taxRounding: .line, recordedAt: Instant(microseconds: 0))
    }
}
