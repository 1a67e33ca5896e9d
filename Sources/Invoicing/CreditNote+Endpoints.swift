import Kernel
import Web

extension Invoicing {
    var creditNoteEndpoints: [Endpoint] {
        [listCreditNotes, readCreditNote]
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
}
