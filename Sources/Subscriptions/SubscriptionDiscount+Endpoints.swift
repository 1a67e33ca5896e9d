import Discounts
import Kernel
import Platform
import Postgres
import Web

extension Subscriptions {
    var discountEndpoints: [Endpoint] {
        [grantDiscount, listDiscounts, readDiscount, endDiscount]
    }

    private var grantDiscount: Endpoint {
        Endpoint(
            .post("/v1/subscriptions/{id}/discounts"), .subscriptionsWrite,
            About(
                tag: "Discounts", name: "grantDiscount", summary: "Lower the charges of a subscription",
                details: """
                    Redeems a coupon, or grants what a person decides: a percentage or an amount off each \
                    term, from the first term of each item on that is not \
                    billed yet. What is billed keeps its price.
                    """,
                status: 201,
                problems: [
                    .notFound, SubscriptionsProblem.wrongState, DiscountsProblem.unusableDiscount,
                    DiscountsProblem.unusableCoupon,
                ])
        ) { (request: Request<SubscriptionPath, NoQuery, NewDiscount>, change: Change) in
            try .created(
                SubscriptionDiscountBody(
                    try await grant(request.body, to: request.path.id, in: change)))
        }
    }

    private var listDiscounts: Endpoint {
        Endpoint(
            .get("/v1/subscriptions/{id}/discounts"), .discountsRead,
            About(
                tag: "Discounts", name: "listDiscounts",
                summary: "List the discounts of a subscription, the latest first", problems: [.notFound])
        ) { (request: Request<SubscriptionPath, SubscriptionDiscountQuery, NoBody>) in
            let page = try await discounts(
                of: request.path.id, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(SubscriptionDiscountBody.init))
        }
    }

    private var readDiscount: Endpoint {
        Endpoint(
            .get("/v1/discounts/{id}"), .discountsRead,
            About(
                tag: "Discounts", name: "readDiscount", summary: "Read a discount of a subscription",
                problems: [.notFound])
        ) { (request: Request<SubscriptionDiscountPath, NoQuery, NoBody>) in
            SubscriptionDiscountBody(try await discount(request.path.id, request.actor.scope))
        }
    }

    private var endDiscount: Endpoint {
        Endpoint(
            .delete("/v1/discounts/{id}"), .subscriptionsWrite,
            About(
                tag: "Discounts", name: "endDiscount", summary: "End a discount of a subscription",
                details: "The terms that start from today on do not have it. What is billed keeps it.",
                problems: [.notFound, .stale, SubscriptionsProblem.wrongState])
        ) { (request: Request<SubscriptionDiscountPath, NoQuery, NoBody>, change: Change) in
            try await endDiscount(request.path.id, in: change).told(SubscriptionDiscountBody.init)
        }
    }
}

extension Permission {
    static let discountsRead = Permission("discounts", .read)
}
