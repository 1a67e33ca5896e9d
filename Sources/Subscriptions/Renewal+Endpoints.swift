import Kernel
import Platform
import Postgres
import Web

extension Subscriptions {
    var renewalEndpoints: [Endpoint] {
        [
            renewSubscription, setRenewal,
            preview(Renewing.self, "renewals", "previewRenewal", "See what a renewal would cost"),
        ]
    }

    private var renewSubscription: Endpoint {
        Endpoint(
            .post("/v1/subscriptions/{id}/renewals"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "renewSubscription", summary: "Renew by one term or more, now",
                details: """
                    The terms are billed at once, however far ahead they start. A subscription that lapsed \
                    goes on where it ended, within the days of the policy renewal_grace_days.
                    """,
                status: 201,
                problems: [
                    .notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.previewStale,
                    SubscriptionsProblem.unbillable, SubscriptionsProblem.unusableChange,
                    SubscriptionsProblem.nothingToRenew,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, Renewing>, change: Change) in
            let made = try await make(request.body, of: request.path.id, in: change)
            guard let record = made.after.change else { throw Problem.notFound }
            return try .created(SubscriptionChangeBody(record))
        }
    }

    private var setRenewal: Endpoint {
        Endpoint(
            .put("/v1/subscriptions/{id}/renewal"), .subscriptionsWrite,
            About(
                tag: "Subscriptions", name: "setRenewal",
                summary: "Choose whether a subscription renews by itself or by hand",
                details: "By hand, it lasts until the end of the terms that are billed or run.",
                problems: [
                    .notFound, .stale, SubscriptionsProblem.wrongState, SubscriptionsProblem.nothingToRenew,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, RenewalChoice>, change: Change) in
            try await make(request.body, of: request.path.id, in: change)
                .told { SubscriptionBody($0.whole, for: request.actor) }
        }
    }
}
