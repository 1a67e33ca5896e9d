import Kernel
import Platform
import Web

extension Subscriptions {
    var quarantineEndpoints: [Endpoint] {
        [listQuarantine, readQuarantinedItem, replayQuarantinedItem, releaseQuarantinedItem]
    }

    private var listQuarantine: Endpoint {
        Endpoint(
            .get("/v1/quarantine"), .billingRead,
            About(
                tag: "Billing", name: "listQuarantine",
                summary: "List items that could not be billed, newest first",
                details: "No billing run tries them. Mend the cause and replay them.")
        ) { (request: Request<NoPath, QuarantineQuery, NoBody>) in
            let page = try await quarantine.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { QuarantinedItemBody($0, for: request.actor) })
        }
    }

    private var readQuarantinedItem: Endpoint {
        Endpoint(
            .get("/v1/quarantine/{id}"), .billingRead,
            About(
                tag: "Billing", name: "readQuarantinedItem",
                summary: "Read an item that could not be billed: its inputs and why",
                problems: [.notFound])
        ) { (request: Request<QuarantinePath, NoQuery, NoBody>) in
            QuarantinedItemBody(
                try await quarantine.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var replayQuarantinedItem: Endpoint {
        Endpoint(
            .post("/v1/quarantine/{id}/replay"), .billingWrite,
            About(
                tag: "Billing", name: "replayQuarantinedItem", summary: "Bill a quarantined item again",
                details: """
                    Takes the item out and bills what is due of its customer today, at once. When the item \
                    still cannot be billed it stays, with the new reason and one attempt more: released is \
                    then false, and nothing else is changed.
                    """,
                problems: [.notFound])
        ) { (request: Request<QuarantinePath, NoQuery, NoBody>, change: Change) in
            try .created(ReplayBody(try await quarantine.replay(request.path.id, in: change)))
        }
    }

    private var releaseQuarantinedItem: Endpoint {
        Endpoint(
            .delete("/v1/quarantine/{id}"), .billingWrite,
            About(
                tag: "Billing", name: "releaseQuarantinedItem",
                summary: "Release a quarantined item without billing it",
                details: "The next billing run tries it again.", status: 204, problems: [.notFound])
        ) { (request: Request<QuarantinePath, NoQuery, NoBody>, change: Change) in
            let item = try await quarantine.release(request.path.id, in: change)
            return try .removed(QuarantinedItemBody(item, for: request.actor))
        }
    }
}
