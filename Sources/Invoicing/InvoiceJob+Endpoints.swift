import Kernel
import Platform
import Web

extension Invoicing {
    var batchEndpoints: [Endpoint] {
        [startBatch, readBatch, listBatches, listBatchItems]
    }

    private var startBatch: Endpoint {
        Endpoint(
            .post("/v1/invoice-batches"), .invoicingWrite,
            About(
                tag: "Invoicing", name: "startInvoiceBatch", summary: "Issue or void many invoices",
                details: """
                    Up to 1,000 at once: those that are named, or all drafts with lines (to finalize) or \
                    open invoices (to void) of a customer or of services up to a day. A job does one after \
                    the other, each as if it were asked for alone; one that is refused does not stop the \
                    rest. Read the batch until its state is finished, and its items for what became of each.
                    """,
                status: 202,
                problems: [InvoicingProblem.unusableBatch, InvoicingProblem.unknownInvoice], rate: .heavy)
        ) { (request: Request<NoPath, NoQuery, NewInvoiceBatch>, change: Change) in
            let started = try await batches.ask(
                request.body.operation, request.body.selection(), reason: request.body.reason, in: change)
            return try .created(InvoiceBatchBody(started))
        }
    }

    private var readBatch: Endpoint {
        Endpoint(
            .get("/v1/invoice-batches/{id}"), .batchesRead,
            About(
                tag: "Invoicing", name: "readInvoiceBatch", summary: "Read how far a batch of invoices is",
                problems: [.notFound])
        ) { (request: Request<InvoiceJobPath, NoQuery, NoBody>) in
            InvoiceBatchBody(try await batches.read(request.path.id, request.actor.scope))
        }
    }

    private var listBatches: Endpoint {
        Endpoint(
            .get("/v1/invoice-batches"), .batchesRead,
            About(
                tag: "Invoicing", name: "listInvoiceBatches",
                summary: "List batches of invoices, the newest first")
        ) { (request: Request<NoPath, InvoiceJobQuery, NoBody>) in
            let page = try await batches.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(InvoiceBatchBody.init))
        }
    }

    private var listBatchItems: Endpoint {
        Endpoint(
            .get("/v1/invoice-batches/{id}/items"), .batchesRead,
            About(
                tag: "Invoicing", name: "listInvoiceBatchItems",
                summary: "List what became of each invoice of a batch, in their order",
                problems: [.notFound])
        ) { (request: Request<InvoiceJobPath, InvoiceJobItemQuery, NoBody>) in
            let page = try await batches.items(
                of: request.path.id, request.query.state,
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(InvoiceBatchItemBody.init))
        }
    }
}
