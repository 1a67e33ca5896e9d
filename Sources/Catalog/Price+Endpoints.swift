import Kernel
import Platform
import Web

extension Catalog {
    var priceEndpoints: [Endpoint] {
        [listPrices, listOffers, addPrice, readPrice, changePrice, archivePrice]
    }

    private var listPrices: Endpoint {
        Endpoint(
            .get("/v1/prices"), .catalogRead,
            About(
                tag: "Catalog", name: "listPrices", summary: "List prices, the newest first",
                details: """
                    Of a product, of a customer group's list or of a customer's own, in any state. What a \
                    product asks of everybody stands with the product.
                    """)
        ) { (request: Request<NoPath, PriceQuery, NoBody>) in
            let page = try await prices.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { PriceBody($0, for: request.actor) })
        }
    }

    private var listOffers: Endpoint {
        Endpoint(
            .get("/v1/products/{id}/prices"), .catalogRead,
            About(
                tag: "Catalog", name: "listOffers", summary: "List what a customer is sold a product at",
                details: """
                    In each currency and cycle the one price that holds: the customer's own before that of \
                    their group, and that before everybody's.
                    """,
                problems: [.notFound])
        ) { (request: Request<ProductPath, OfferQuery, NoBody>) in
            let offers = try await prices.offered(
                to: request.query.customerId, of: request.path.id, request.actor.scope)
            return OffersBody(items: offers.map { PriceBody($0, for: request.actor) })
        }
    }

    private var addPrice: Endpoint {
        Endpoint(
            .post("/v1/products/{id}/prices"), .catalogWrite,
            About(
                tag: "Catalog", name: "addPrice", summary: "Add a price in a currency and cycle",
                details: """
                    Without an interval the price is paid once. For a customer group or a customer it is \
                    theirs alone, beside everybody's.
                    """,
                status: 201,
                problems: [
                    .notFound, CatalogProblem.priceExists, CatalogProblem.wrongState,
                    CatalogProblem.unusablePricing, CatalogProblem.unknownAudience,
                ])
        ) { (request: Request<ProductPath, NoQuery, NewPrice>, change: Change) in
            let price = try await prices.add(request.body.draft(), to: request.path.id, in: change.tx)
            return try .created(PriceBody(price, for: request.actor))
        }
    }

    private var readPrice: Endpoint {
        Endpoint(
            .get("/v1/prices/{id}"), .catalogRead,
            About(
                tag: "Catalog", name: "readPrice", summary: "Read a price", problems: [.notFound],
                isRemembered: true)
        ) { (request: Request<PricePath, NoQuery, NoBody>) in
            PriceBody(try await prices.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var changePrice: Endpoint {
        Endpoint(
            .patch("/v1/prices/{id}"), .catalogWrite,
            About(
                tag: "Catalog", name: "changePrice", summary: "Change what a price asks",
                details: """
                    While nothing was sold at it the price changes in place. Later the answer is a new \
                    version with \
                    an id of its own: new subscriptions take it, those that exist keep the price they were \
                    sold at.
                    """,
                problems: [
                    .notFound, CatalogProblem.wrongState, CatalogProblem.unusablePricing,
                    CatalogProblem.priceChangeScheduled,
                ])
        ) { (request: Request<PricePath, NoQuery, PriceChangeBody>, change: Change) in
            try await prices.change(request.path.id, to: request.body.change, in: change)
                .told { PriceBody($0, for: request.actor) }
        }
    }

    private var archivePrice: Endpoint {
        Endpoint(
            .put("/v1/prices/{id}/archival"), .catalogWrite,
            About(
                tag: "Catalog", name: "archivePrice", summary: "Take a price out of sale",
                details: "Subscriptions that were sold at it keep it.",
                problems: [
                    .notFound, CatalogProblem.wrongState, CatalogProblem.priceChangeScheduled,
                ])
        ) { (request: Request<PricePath, NoQuery, NoBody>, change: Change) in
            try await prices.archive(request.path.id, in: change)
                .told { PriceBody($0, for: request.actor) }
        }
    }
}
