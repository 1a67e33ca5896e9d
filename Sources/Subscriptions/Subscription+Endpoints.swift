import Catalog
import Discounts
import Kernel
import Platform
import Web

extension Subscriptions {
    var subscriptionEndpoints: [Endpoint] {
        [
            listSubscriptions, createSubscription, readSubscription, suspendSubscription, resumeSubscription,
            cancelSubscription,
        ]
    }

    private var listSubscriptions: Endpoint {
        Endpoint(
            .get("/v1/subscriptions"), .subscriptionsRead,
            About(
                tag: "Subscriptions", name: "listSubscriptions", summary: "List subscriptions, newest first")
        ) { (request: Request<NoPath, SubscriptionQuery, NoBody>) in
            let page = try await list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { SubscriptionBody($0, for: request.actor) })
        }
    }

    private var createSubscription: Endpoint {
        Endpoint(
            .post("/v1/subscriptions"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "createSubscription", summary: "Start a subscription",
                details: """
                    It starts today unless told, and is billed in advance: each term by the first billing \
                    run on or after the day the term starts. With trial_until the first term starts on that \
                    day. Terms that are aligned with a day of the month, the calendar or a day begin with a \
                    part of one. What is ordered is taken from the stock of its product at once.
                    """,
                status: 201,
                problems: [
                    SubscriptionsProblem.unknownCustomer, SubscriptionsProblem.unusablePrice,
                    SubscriptionsProblem.referenceTaken, CatalogProblem.outOfStock,
                    DiscountsProblem.unusableCoupon,
                    DiscountsProblem.unusableDiscount,
                ])
        ) { (request: Request<NoPath, NoQuery, NewSubscription>, change: Change) in
            let subscription = try await create(request.body.order(), in: change)
            return try .created(SubscriptionBody(subscription, for: request.actor))
        }
    }

    private var readSubscription: Endpoint {
        Endpoint(
            .get("/v1/subscriptions/{id}"), .subscriptionsRead,
            About(
                tag: "Subscriptions", name: "readSubscription", summary: "Read a subscription with its items",
                problems: [.notFound])
        ) { (request: Request<SubscriptionPath, NoQuery, NoBody>) in
            SubscriptionBody(
                try await read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var suspendSubscription: Endpoint {
        Endpoint(
            .put("/v1/subscriptions/{id}/suspension"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "suspendSubscription", summary: "Suspend a subscription",
                details: """
                    What is billed meanwhile and afterwards, the policy suspension_billing says. What is \
                    paused is not billed, and what is billed and not used is given back.
                    """,
                problems: [
                    .notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.previewStale,
                    SubscriptionsProblem.unbillable,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, Suspending>, change: Change) in
            try await make(request.body, of: request.path.id, in: change)
                .told { SubscriptionBody($0.whole, for: request.actor) }
        }
    }

    private var resumeSubscription: Endpoint {
        Endpoint(
            .delete("/v1/subscriptions/{id}/suspension"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "resumeSubscription", summary: "Resume a suspended subscription",
                details: """
                    What is due then is billed at once: the rest of the running term, or what was missed, as \
                    the policy suspension_billing says.
                    """,
                problems: [
                    .notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.unbillable,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, NoBody>, change: Change) in
            try await make(
                AskedMove(move: .resume, kind: .resumption), of: request.path.id, in: change
            ).told { SubscriptionBody($0.whole, for: request.actor) }
        }
    }

    private var cancelSubscription: Endpoint {
        Endpoint(
            .post("/v1/subscriptions/{id}/cancellation"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "cancelSubscription",
                summary: "Cancel now or at the end of the term",
                details: """
                    At term_end the last running term decides the day. Now, nothing that was billed is \
                    credited, unless credit says that what is not used is given back.
                    """,
                problems: [
                    SubscriptionsProblem.minimumTerm, SubscriptionsProblem.unusableChange,
                    .notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.previewStale,
                    SubscriptionsProblem.unbillable,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, Cancelling>, change: Change) in
            try await make(request.body, of: request.path.id, in: change)
                .told { SubscriptionBody($0.whole, for: request.actor) }
        }
    }
}
