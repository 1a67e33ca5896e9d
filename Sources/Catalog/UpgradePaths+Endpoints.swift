import Kernel
import Platform
import Web

extension Catalog {
    var upgradePathEndpoints: [Endpoint] {
        [readUpgradePaths, setUpgradePaths, removeUpgradePaths]
    }

    private var readUpgradePaths: Endpoint {
        Endpoint(
            .get("/v1/products/{id}/upgrade-paths"), .catalogRead,
            About(
                tag: "Catalog", name: "readUpgradePaths",
                summary: "Read to which products a product may be changed",
                details: "With `null` to any, with an empty list to none.", problems: [.notFound],
                isRemembered: true)
        ) { (request: Request<ProductPath, NoQuery, NoBody>) in
            UpgradePathsBody(
                try await products.upgradePaths(of: request.path.id, request.actor.scope))
        }
    }

    private var setUpgradePaths: Endpoint {
        Endpoint(
            .put("/v1/products/{id}/upgrade-paths"), .catalogWrite,
            About(
                tag: "Catalog", name: "setUpgradePaths",
                summary: "Say to which products a product may be changed",
                details: """
                    A change of a subscription from the product to one that is not named is refused, unless \
                    it overrides that with a reason. At most 100 products, each once.
                    """,
                problems: [.notFound, .stale, CatalogProblem.unusablePaths])
        ) { (request: Request<ProductPath, NoQuery, NewUpgradePaths>, change: Change) in
            try await products.setUpgradePaths(
                of: request.path.id, to: request.body.productIds, in: change
            ).told(UpgradePathsBody.init)
        }
    }

    private var removeUpgradePaths: Endpoint {
        Endpoint(
            .delete("/v1/products/{id}/upgrade-paths"), .catalogWrite,
            About(
                tag: "Catalog", name: "removeUpgradePaths",
                summary: "Let a product be changed to any other", problems: [.notFound, .stale])
        ) { (request: Request<ProductPath, NoQuery, NoBody>, change: Change) in
            try await products.setUpgradePaths(of: request.path.id, to: nil, in: change)
                .told(UpgradePathsBody.init)
        }
    }
}
