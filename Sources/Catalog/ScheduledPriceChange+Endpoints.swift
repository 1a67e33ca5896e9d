import Kernel
import Platform
import Web

extension Catalog {
    var scheduledPriceChangeEndpoints: [Endpoint] {
        [schedulePriceChange, listPriceChanges, readPriceChange, withdrawPriceChange]
    }

    private var schedulePriceChange: Endpoint {
        Endpoint(
            .post("/v1/prices/{id}/scheduled-changes"), .catalogWrite,
            About(
                tag: "Catalog", name: "schedulePriceChange", summary: "Have a price be another from a day on",
                details: """
                    From that day on the next version is sold. Subscriptions that were sold at the price \
                    follow with their first term that starts on or after that day, or keep their price. What \
                    is invoiced ahead of the change at the former price stays so.
                    """,
                status: 201,
                problems: [
                    .notFound, CatalogProblem.wrongState, CatalogProblem.unusablePricing,
                    CatalogProblem.priceChangeScheduled, CatalogProblem.priceUnchanged,
                ])
        ) { (request: Request<PricePath, NoQuery, NewScheduledPriceChange>, change: Change) in
            let scheduled = try await priceChanges.schedule(request.body, of: request.path.id, in: change)
            return try .created(ScheduledPriceChangeBody(scheduled, for: request.actor))
        }
    }

    private var listPriceChanges: Endpoint {
        Endpoint(
            .get("/v1/scheduled-price-changes"), .catalogRead,
            About(
                tag: "Catalog", name: "listScheduledPriceChanges",
                summary: "List scheduled changes of prices, the newest first")
        ) { (request: Request<NoPath, ScheduledPriceChangeQuery, NoBody>) in
            let page = try await priceChanges.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { ScheduledPriceChangeBody($0, for: request.actor) })
        }
    }

    private var readPriceChange: Endpoint {
        Endpoint(
            .get("/v1/scheduled-price-changes/{id}"), .catalogRead,
            About(
                tag: "Catalog", name: "readScheduledPriceChange",
                summary: "Read a scheduled change of a price", problems: [.notFound])
        ) { (request: Request<ScheduledPriceChangePath, NoQuery, NoBody>) in
            ScheduledPriceChangeBody(
                try await priceChanges.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var withdrawPriceChange: Endpoint {
        Endpoint(
            .delete("/v1/scheduled-price-changes/{id}"), .catalogWrite,
            About(
                tag: "Catalog", name: "withdrawScheduledPriceChange",
                summary: "Take back a change of a price that is still to come",
                details: "Refused once a term is billed at the new price: schedule the former amount then.",
                problems: [.notFound, .stale, CatalogProblem.wrongState, CatalogProblem.priceInUse])
        ) { (request: Request<ScheduledPriceChangePath, NoQuery, NoBody>, change: Change) in
            try await priceChanges.withdraw(request.path.id, in: change)
                .told { ScheduledPriceChangeBody($0, for: request.actor) }
        }
    }
}
