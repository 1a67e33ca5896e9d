import Kernel
import Platform
import Web

extension Invoicing {
    var draftEndpoints: [Endpoint] {
        [
            updateInvoice, replaceInvoiceLines, addInvoiceLine, replaceInvoiceLine, removeInvoiceLine,
            mergeInvoices,
        ]
    }

    private static let refusals = [
        Problem.notFound, InvoicingProblem.wrongState, InvoicingProblem.negative, InvoicingProblem.tooLarge,
    ]
    private static let lineRefusals =
        refusals + [InvoicingProblem.unknownProduct, InvoicingProblem.invalidPeriod]

    private var updateInvoice: Endpoint {
        Endpoint(
            .patch("/v1/invoices/{id}"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "updateInvoice",
                summary: "Change a draft's service day, purchase order number, notes and payment terms",
                details: "Once it is issued, all of them are frozen with the invoice.",
                problems: Invoicing.refusals)
        ) { (request: Request<InvoicePath, NoQuery, InvoiceChange>, change: Change) in
            try await invoices.update(request.path.id, in: change, request.body.apply(to:))
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var replaceInvoiceLines: Endpoint {
        Endpoint(
            .put("/v1/invoices/{id}/lines"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "replaceInvoiceLines", summary: "Replace the lines of a draft",
                problems: Invoicing.lineRefusals)
        ) { (request: Request<InvoicePath, NoQuery, NewLines>, change: Change) in
            let lines = try NewLine.drafts(request.body.lines)
            return try await invoices.replaceLines(of: request.path.id, by: lines, in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var addInvoiceLine: Endpoint {
        Endpoint(
            .post("/v1/invoices/{id}/lines"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "addInvoiceLine", summary: "Add a line to a draft, behind the others",
                details: "Answers with the whole draft, whose tax is computed anew.", status: 201,
                problems: Invoicing.lineRefusals + [InvoicingProblem.tooManyLines])
        ) { (request: Request<InvoicePath, NoQuery, NewLine>, change: Change) in
            try await invoices.add(request.body.draft(), to: request.path.id, in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var replaceInvoiceLine: Endpoint {
        Endpoint(
            .put("/v1/invoices/{id}/lines/{number}"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "replaceInvoiceLine", summary: "Replace one line of a draft",
                problems: Invoicing.lineRefusals)
        ) { (request: Request<InvoiceLinePath, NoQuery, NewLine>, change: Change) in
            let (id, number) = (request.path.id, request.path.number.value)
            return try await invoices.replace(number, of: id, by: request.body.draft(), in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var removeInvoiceLine: Endpoint {
        Endpoint(
            .delete("/v1/invoices/{id}/lines/{number}"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "removeInvoiceLine", summary: "Remove one line of a draft",
                details: """
                    The lines behind it move up by one. Send If-Match with the draft's ETag, so that nobody \
                    else has moved them meanwhile.
                    """,
                problems: Invoicing.refusals)
        ) { (request: Request<InvoiceLinePath, NoQuery, NoBody>, change: Change) in
            try await invoices.remove(request.path.number.value, of: request.path.id, in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }

    private var mergeInvoices: Endpoint {
        Endpoint(
            .post("/v1/invoice-merges"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "mergeInvoices", summary: "Make one draft of several",
                details: """
                    The oldest takes the lines of the others behind its own, and their notes; the others are \
                    gone. Up to 50 drafts of one customer, in one currency, for one day of service, with the \
                    same order number and payment terms.
                    """,
                problems: [
                    InvoicingProblem.unusableMerge, InvoicingProblem.unknownInvoice,
                    InvoicingProblem.wrongState, InvoicingProblem.draftsDiffer, InvoicingProblem.tooManyLines,
                    InvoicingProblem.negative, InvoicingProblem.tooLarge,
                ])
        ) { (request: Request<NoPath, NoQuery, InvoiceMerge>, change: Change) in
            try await invoices.merge(request.body.checked(), in: change)
                .told { try InvoiceBody($0, for: request.actor) }
        }
    }
}
