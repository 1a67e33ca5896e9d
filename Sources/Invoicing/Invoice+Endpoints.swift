import Kernel
import Platform
import Web

extension Invoicing {
    var invoiceEndpoints: [Endpoint] {
        [
            listInvoices, draftInvoice, readInvoice, explainInvoice, deleteInvoice, finalizeInvoice,
            voidInvoice, reissueInvoice,
        ] + draftEndpoints
    }

    private var listInvoices: Endpoint {
        Endpoint(
            .get("/v1/invoices"), .invoicingRead,
            About(tag: "Invoicing", name: "listInvoices", summary: "List invoices, the newest first")
        ) { (request: Request<NoPath, InvoiceQuery, NoBody>) in
            let page = try await invoices.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { InvoiceSummary($0, for: request.actor) })
        }
    }

    private var draftInvoice: Endpoint {
        Endpoint(
            .post("/v1/invoices"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "draftInvoice", summary: "Draft an invoice by hand",
                details: """
                    Prices are before tax; the tax follows from the customer's country. Without service_on \
                    the service is today's. A draft has no number until it is finalized.
                    """,
                status: 201,
                problems: [
                    InvoicingProblem.unknownCustomer, InvoicingProblem.unknownProduct,
                    InvoicingProblem.invalidPeriod, InvoicingProblem.negative, InvoicingProblem.tooLarge,
                ])
        ) { (request: Request<NoPath, NoQuery, NewInvoice>, change: Change) in
            let draft = try await invoices.draft(request.body.draft(), in: change)
            return try .created(InvoiceBody(draft, for: request.actor))
        }
    }

    private var readInvoice: Endpoint {
        Endpoint(
            .get("/v1/invoices/{id}"), .invoicingRead,
            About(
                tag: "Invoicing", name: "readInvoice",
                summary: "Read an invoice with its lines and their explanations",
                details: """
                    What is left to pay is gross less settled, which counts what was paid and what credit \
                    notes have taken back of the lines.
                    """,
                problems: [.notFound])
        ) { (request: Request<InvoicePath, NoQuery, NoBody>) in
            try InvoiceBody(try await invoices.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var explainInvoice: Endpoint {
        Endpoint(
            .get("/v1/invoices/{id}/explanation"), .invoicingRead,
            About(
                tag: "Invoicing", name: "explainInvoice", summary: "Explain why an invoice is what it is",
                details: """
                    Tells each line in plain sentences, one step each, and gives the data behind it. What is \
                    recomputed comes from that data alone: it agrees with the line to the cent.
                    """,
                problems: [.notFound])
        ) { (request: Request<InvoicePath, NoQuery, NoBody>) in
            try InvoiceExplanation(try await invoices.read(request.path.id, request.actor.scope))
        }
    }

    private var deleteInvoice: Endpoint {
        Endpoint(
            .delete("/v1/invoices/{id}"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "deleteInvoice", summary: "Delete a draft",
                details: "An issued invoice is never deleted: void it.", status: 204,
                problems: [.notFound, InvoicingProblem.wrongState])
        ) { (request: Request<InvoicePath, NoQuery, NoBody>, change: Change) in
            let draft = try await invoices.delete(request.path.id, in: change)
            return try .removed(InvoiceBody(draft, for: request.actor))
        }
    }

    private var finalizeInvoice: Endpoint {
        Endpoint(
            .post("/v1/invoices/{id}/finalization"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "finalizeInvoice", summary: "Issue a draft",
                details: """
                    Computes the tax anew, takes the next number, copies seller and buyer and posts to the \
                    ledger. From then on the invoice never changes; its total of zero is paid at once.
                    """,
                problems: [
                    .notFound, InvoicingProblem.wrongState, InvoicingProblem.empty, InvoicingProblem.negative,
                    InvoicingProblem.tooLarge, InvoicingProblem.numberTaken,
                ])
        ) { (request: Request<InvoicePath, NoQuery, NoBody>, change: Change) in
            try await invoices.finalize(request.path.id, in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var voidInvoice: Endpoint {
        Endpoint(
            .post("/v1/invoices/{id}/void"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "voidInvoice", summary: "Take an issued invoice back",
                details: """
                    Issues a credit note for the whole, reverses the postings, and makes what the invoice \
                    billed billable again. Refused once something of it was paid or credited.
                    """,
                problems: [
                    .notFound, InvoicingProblem.wrongState, InvoicingProblem.settled,
                    InvoicingProblem.numberTaken,
                ])
        ) { (request: Request<InvoicePath, NoQuery, VoidReason>, change: Change) in
            try await invoices.void(request.path.id, reason: request.body.reason, in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var reissueInvoice: Endpoint {
        Endpoint(
            .post("/v1/invoices/{id}/reissue"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "reissueInvoice",
                summary: "Cancel an issued invoice and issue another in its place",
                details: """
                    One step: a credit note takes the former back, and the new one has the next number, the \
                    customer's address and tax as they are today, and what is told here. A line that names \
                    one of the former bills the same terms; without quantity and unit_price it also keeps \
                    its amount, otherwise it loses its discount. What lines that are left out have billed \
                    can be billed again. Refused once something of the invoice was paid or credited.
                    """,
                status: 201,
                problems: [
                    .notFound, InvoicingProblem.wrongState, InvoicingProblem.settled,
                    InvoicingProblem.unusableReissue, InvoicingProblem.negative, InvoicingProblem.tooLarge,
                    InvoicingProblem.numberTaken,
                ])
        ) { (request: Request<InvoicePath, NoQuery, NewReissue>, change: Change) in
            let issued = try await invoices.reissue(request.path.id, as: request.body.asked, in: change)
            return try .created(InvoiceBody(issued, for: request.actor))
        }
    }
}
