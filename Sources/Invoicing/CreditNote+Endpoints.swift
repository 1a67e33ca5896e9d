import Kernel
import Platform
import Web

extension Invoicing {
    var creditNoteEndpoints: [Endpoint] {
        [listCreditNotes, readCreditNote, issueCreditNote, previewCreditNote]
    }

    private var listCreditNotes: Endpoint {
        Endpoint(
            .get("/v1/credit-notes"), .invoicingRead,
            About(tag: "Invoicing", name: "listCreditNotes", summary: "List credit notes, the newest first")
        ) { (request: Request<NoPath, CreditNoteQuery, NoBody>) in
            let page = try await creditNotes.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(CreditNoteSummary.init))
        }
    }

    private var readCreditNote: Endpoint {
        Endpoint(
            .get("/v1/credit-notes/{id}"), .invoicingRead,
            About(
                tag: "Invoicing", name: "readCreditNote", summary: "Read a credit note with its lines",
                problems: [.notFound])
        ) { (request: Request<CreditNotePath, NoQuery, NoBody>) in
            CreditNoteBody(try await creditNotes.read(request.path.id, request.actor.scope))
        }
    }

    private static let refusals = [
        Problem.notFound, InvoicingProblem.wrongState, InvoicingProblem.unusableCredit,
        InvoicingProblem.nothingToCredit, InvoicingProblem.creditTooLarge,
    ]

    private var issueCreditNote: Endpoint {
        Endpoint(
            .post("/v1/invoices/{id}/credit-notes"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "issueCreditNote",
                summary: "Take back an issued invoice: what is left of it, parts of lines, or an amount",
                details: """
                    The note lowers what is left to pay, takes the next number of its series and is posted \
                    at once. An amount is shared out to the lines in proportion to what is left of them, and \
                    each share has the tax of its line: of 125.00 with 25 % tax, 25.00 are 20.00 and 5.00. \
                    The last note takes what is left, so that all of them are the invoice to the cent. What \
                    the invoice billed stays billed; to bill it again, void the invoice instead.
                    """,
                status: 201,
                problems: Invoicing.refusals + [
                    .stale, InvoicingProblem.previewStale, InvoicingProblem.numberTaken,
                ])
        ) { (request: Request<InvoicePath, NoQuery, NewCreditNote>, change: Change) in
            let issued = try await creditNotes.issue(request.body, of: request.path.id, in: change)
            return try .created(CreditNoteBody(issued))
        }
    }

    private var previewCreditNote: Endpoint {
        Endpoint(
            asking: .post("/v1/invoices/{id}/credit-notes/preview"), .creditsRead,
            About(
                tag: "Invoicing", name: "previewCreditNote",
                summary: "See what a credit note would take back",
                details: """
                    Nothing is changed. Hand the commitment in with the credit note itself: it is only \
                    issued if it still comes to exactly what was shown, else the answer is 409.
                    """,
                problems: Invoicing.refusals, rate: .read)
        ) { (request: Request<InvoicePath, NoQuery, NewCreditNote>) in
            try await creditNotes.preview(
                request.body, of: request.path.id, request.actor.scope)
        }
    }
}
