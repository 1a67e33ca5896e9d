import Kernel
import Platform
import Web

extension Catalog {
    var productEndpoints: [Endpoint] {
        [
            listProducts, createProduct, readProduct, changeProduct, archiveProduct, restoreProduct,
            copyProduct,
        ]
    }

    private var listProducts: Endpoint {
        Endpoint(
            .get("/v1/products"), .catalogRead,
            About(
                tag: "Catalog", name: "listProducts", summary: "List products with their current prices",
                isRemembered: true)
        ) { (request: Request<NoPath, ProductQuery, NoBody>) in
            let page = try await products.list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { ProductBody($0, for: request.actor) })
        }
    }

    private var createProduct: Endpoint {
        Endpoint(
            .post("/v1/products"), .catalogWrite,
            About(
                tag: "Catalog", name: "createProduct", summary: "Create a product, with prices if you like",
                status: 201,
                problems: [
                    CatalogProblem.unknownAudience, CatalogProblem.unusablePricing,
                    CatalogProblem.codeTaken, CatalogProblem.unknownFamily, CatalogProblem.priceExists,
                ])
        ) { (request: Request<NoPath, NoQuery, NewProduct>, change: Change) in
            let product = try await products.create(request.body.draft(), in: change.tx)
            return try .created(ProductBody(product, for: request.actor))
        }
    }

    private var readProduct: Endpoint {
        Endpoint(
            .get("/v1/products/{id}"), .catalogRead,
            About(
                tag: "Catalog", name: "readProduct", summary: "Read a product", problems: [.notFound],
                isRemembered: true)
        ) { (request: Request<ProductPath, NoQuery, NoBody>) in
            ProductBody(try await products.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var changeProduct: Endpoint {
        Endpoint(
            .patch("/v1/products/{id}"), .catalogWrite,
            About(
                tag: "Catalog", name: "changeProduct", summary: "Change a product",
                details: "Absent fields stay as they are. The code never changes: copy the product instead.",
                problems: [.notFound, .stale, CatalogProblem.wrongState, CatalogProblem.unknownFamily])
        ) { (request: Request<ProductPath, NoQuery, ProductChange>, change: Change) in
            try await products.change(request.path.id, in: change, request.body.apply(to:))
                .told { ProductBody($0, for: request.actor) }
        }
    }

    private var archiveProduct: Endpoint {
        Endpoint(
            .put("/v1/products/{id}/archival"), .catalogWrite,
            About(
                tag: "Catalog", name: "archiveProduct", summary: "Take a product out of sale",
                details: "Subscriptions to it go on.",
                problems: [.notFound, .stale, CatalogProblem.wrongState])
        ) { (request: Request<ProductPath, NoQuery, NoBody>, change: Change) in
            try await products.archive(request.path.id, in: change)
                .told { ProductBody($0, for: request.actor) }
        }
    }

    private var restoreProduct: Endpoint {
        Endpoint(
            .delete("/v1/products/{id}/archival"), .catalogWrite,
            About(
                tag: "Catalog", name: "restoreProduct", summary: "Take an archived product back into sale",
                problems: [.notFound, .stale, CatalogProblem.wrongState])
        ) { (request: Request<ProductPath, NoQuery, NoBody>, change: Change) in
            try await products.restore(request.path.id, in: change)
                .told { ProductBody($0, for: request.actor) }
        }
    }

    private var copyProduct: Endpoint {
        Endpoint(
            .post("/v1/products/{id}/copies"), .catalogWrite,
            About(
                tag: "Catalog", name: "copyProduct", summary: "Copy a product with its current prices",
                details: """
                    The copy has the upgrade paths of the original. Where that has a stock, none of the copy \
                    can be sold until it is told how many.
                    """,
                status: 201, problems: [.notFound, CatalogProblem.codeTaken])
        ) { (request: Request<ProductPath, NoQuery, ProductCopy>, change: Change) in
            let copy = try await products.copy(
                request.path.id, to: request.body.code, name: request.body.name, in: change.tx)
            return try .created(ProductBody(copy, for: request.actor))
        }
    }
}
