import Kernel
import Platform
import Tenancy
import Web

extension Subscriptions {
    var policyEndpoints: [Endpoint] {
        [readSubscriptionPolicies, changeSubscriptionPolicies]
    }

    private var readSubscriptionPolicies: Endpoint {
        Endpoint(
            .get("/v1/subscriptions/{id}/policies"), .policiesRead,
            About(
                tag: "Policies", name: "readSubscriptionPolicies", summary: "Read a subscription's policies",
                problems: [.notFound])
        ) { (request: Request<SubscriptionPath, NoQuery, NoBody>) in
            PoliciesBody<Subscription>(try await policies(of: request.path.id, request.actor.scope))
        }
    }

    private var changeSubscriptionPolicies: Endpoint {
        Endpoint(
            .patch("/v1/subscriptions/{id}/policies"), .policiesWrite,
            About(
                tag: "Policies", name: "changeSubscriptionPolicies",
                summary: "Change a subscription's policies",
                details: "Absent fields stay as they are; with `null` the next level counts again.",
                problems: [.notFound, .stale])
        ) { (request: Request<SubscriptionPath, NoQuery, PoliciesChange<Subscription>>, change: Change) in
            try await changePolicies(of: request.path.id, in: change, request.body.apply(to:))
                .told { PoliciesBody<Subscription>($0) }
        }
    }
}

extension PoliciesBody<Subscription> {
    fileprivate init(_ policies: SubscriptionPolicies) {
        self.init(policies.subscription.id, version: policies.subscription.version, policies.cascade)
    }
}
