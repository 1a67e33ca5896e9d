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
                    run on or \
                    after the day the term starts. With trial_until the first term starts on that day.
                    """,
                status: 201,
                problems: [
                    SubscriptionsProblem.unknownCustomer, SubscriptionsProblem.unusablePrice,
                    SubscriptionsProblem.referenceTaken,
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
                details: "While it is suspended no term is billed.",
                problems: [.notFound, .stale, SubscriptionsProblem.wrongState])
        ) { (request: Request<SubscriptionPath, NoQuery, Suspending>, change: Change) in
            try await suspend(request.path.id, for: request.body.reason, in: change)
                .told { SubscriptionBody($0, for: request.actor) }
        }
    }

    private var resumeSubscription: Endpoint {
        Endpoint(
            .delete("/v1/subscriptions/{id}/suspension"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "resumeSubscription", summary: "Resume a suspended subscription",
                details: "The next billing run bills the terms that started meanwhile.",
                problems: [.notFound, .stale, SubscriptionsProblem.wrongState])
        ) { (request: Request<SubscriptionPath, NoQuery, NoBody>, change: Change) in
            try await resume(request.path.id, in: change)
                .told { SubscriptionBody($0, for: request.actor) }
        }
    }

    private var cancelSubscription: Endpoint {
        Endpoint(
            .post("/v1/subscriptions/{id}/cancellation"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "cancelSubscription",
                summary: "Cancel now or at the end of the term",
                details:
                    "Nothing that was billed is credited. At term_end the last running term decides the day.",
                problems: [.notFound, .stale, SubscriptionsProblem.wrongState])
        ) { (request: Request<SubscriptionPath, NoQuery, Cancelling>, change: Change) in
            let id = request.path.id
            let cancelled =
                switch request.body.when {
                case .now: try await cancelNow(id, in: change)
                case .termEnd: try await cancelAtTermEnd(id, in: change)
                }
            return try cancelled.told { SubscriptionBody($0, for: request.actor) }
        }
    }
}
