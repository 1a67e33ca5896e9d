import Catalog
import Kernel
import Platform
import Postgres
import Web

extension Subscriptions {
    var changeEndpoints: [Endpoint] {
        [
            changeSubscription, withdrawChanges, listChanges,
            preview(NewChange.self, "changes", "previewChange", "See what a change would cost"),
            preview(
                Cancelling.self, "cancellation", "previewCancellation", "See what a cancellation gives back"),
            preview(Suspending.self, "suspension", "previewSuspension", "See what a suspension gives back"),
        ]
    }

    private static let refusals = [
        Problem.notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.changePlanned,
        SubscriptionsProblem.previewStale, SubscriptionsProblem.unusableChange,
        SubscriptionsProblem.unbillable,
    ]
    private static let saleRefusals = [SubscriptionsProblem.notAnUpgradePath, CatalogProblem.outOfStock]

    func preview<Body: AskedOfSubscription & Codable>(
        _ body: Body.Type, _ path: String, _ name: String, _ summary: String
    ) -> Endpoint {
        Endpoint(
            asking: .post("/v1/subscriptions/{id}/\(path)/preview"), .changesRead,
            About(
                tag: "Subscriptions", name: name, summary: summary,
                details: """
                    What would be given back and billed now, and what the next invoices would be, each line \
                    with its explanation. Nothing is changed. Hand the commitment in with the change itself: \
                    it is only made if it still comes to exactly what was shown, else the answer is 409.
                    """,
                problems: [
                    .notFound, SubscriptionsProblem.wrongState, SubscriptionsProblem.changePlanned,
                    SubscriptionsProblem.unusableChange, SubscriptionsProblem.unbillable,
                    SubscriptionsProblem.minimumTerm, SubscriptionsProblem.nothingToRenew,
                ] + Subscriptions.saleRefusals, rate: .read)
        ) { (request: Request<SubscriptionPath, NoQuery, Body>) in
            try await preview(request.body, of: request.path.id, request.actor.scope)
        }
    }

    private var changeSubscription: Endpoint {
        Endpoint(
            .post("/v1/subscriptions/{id}/changes"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "changeSubscription",
                summary: "Change quantities and prices, add and remove items",
                details: """
                    What is billed and no longer used is given back by credit notes, and what is new is \
                    billed at once for the rest of the term; a change that is undone costs nothing. A price \
                    with another interval begins a new term. Later changes wait until their day. To another \
                    product an item changes by an upgrade path of its own, unless the change overrides them \
                    with a reason. What is sold in addition is taken from the stock of its product at once.
                    """,
                status: 201, problems: Subscriptions.refusals + Subscriptions.saleRefusals)
        ) { (request: Request<SubscriptionPath, NoQuery, NewChange>, change: Change) in
            let made = try await make(request.body, of: request.path.id, in: change)
            guard let record = made.after.change else { throw Problem.notFound }
            return try .created(SubscriptionChangeBody(record))
        }
    }

    private var withdrawChanges: Endpoint {
        Endpoint(
            .delete("/v1/subscriptions/{id}/planned-changes"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "withdrawChanges",
                summary: "Take back the changes that are still to come",
                details: "The subscription goes on as it is today. What was billed ahead is settled.",
                problems: Subscriptions.refusals + [SubscriptionsProblem.nothingPlanned])
        ) { (request: Request<SubscriptionPath, NoQuery, NoBody>, change: Change) in
            try await make(
                AskedMove(move: .withdrawChanges, kind: .withdrawal), of: request.path.id, in: change
            ).told { SubscriptionBody($0.whole, for: request.actor) }
        }
    }

    private var listChanges: Endpoint {
        Endpoint(
            .get("/v1/subscriptions/{id}/changes"), .changesRead,
            About(
                tag: "Subscriptions", name: "listSubscriptionChanges",
                summary: "List what was made of a subscription, the latest first", problems: [.notFound])
        ) { (request: Request<SubscriptionPath, SubscriptionChangeQuery, NoBody>) in
            let page = try await changes(
                of: request.path.id, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(SubscriptionChangeBody.init))
        }
    }
}

extension Subscriptions {
    private func changes(
        of id: SubscriptionID, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<SubscriptionChange> {
        try await database.read(scope) { tx in
            guard try await Subscription.find(id, in: tx) != nil else { throw Problem.notFound }
            return try await SubscriptionChange.list(of: id, page, in: tx)
        }
    }
}

extension NewChange: AskedOfSubscription {
    /// A price in use is never changed. One that was not might change between its reading and the commit, and
    /// with it what the lines were made of.
    func fix(in tx: Transaction) async throws {
        try await Price.markInUse(Set(items.compactMap(\.priceId)).sorted(), in: tx)
    }

    func move(of subscription: Subscription, today: Day, in tx: Transaction) async throws -> AskedMove {
        if overridesUpgradePaths ?? false, reason == nil {
            throw SubscriptionsProblem.unusableChange.with(errors: [
                FieldError("/reason", "is needed to override the upgrade paths")
            ])
        }
        let offers = try await Offer.find(
            items.compactMap(\.priceId), for: subscription.customer, in: tx)
        return AskedMove(
            move: .change(try change(offers, today: today)), kind: .change, reason: reason,
            commitment: commitment)
    }
}

extension Permission {
    static let changesRead = Permission("changes", .read)
}
