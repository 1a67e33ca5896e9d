import Kernel
import Platform
import Postgres
import Web

extension Discounts {
    var couponEndpoints: [Endpoint] {
        [listCoupons, createCoupon, readCoupon, archiveCoupon, restoreCoupon]
    }

    private var listCoupons: Endpoint {
        Endpoint(
            .get("/v1/coupons"), .couponsRead,
            About(tag: "Discounts", name: "listCoupons", summary: "List coupons, the newest first")
        ) { (request: Request<NoPath, CouponQuery, NoBody>) in
            let page = try await coupons.list(
                CouponFilter(state: request.query.state, code: request.query.code),
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map { CouponBody($0, for: request.actor) })
        }
    }

    private var createCoupon: Endpoint {
        Endpoint(
            .post("/v1/coupons"), .couponsWrite,
            About(
                tag: "Discounts", name: "createCoupon", summary: "Create a coupon",
                details: """
                    A percentage or an amount, with limits: of what, by whom, when and how often. None of it \
                    changes later: archive the coupon and create another.
                    """,
                status: 201,
                problems: [DiscountsProblem.couponCodeTaken, DiscountsProblem.unusableDiscount])
        ) { (request: Request<NoPath, NoQuery, NewCoupon>, change: Change) in
            let coupon = try await coupons.create(request.body, in: change)
            return try .created(CouponBody(coupon, for: request.actor))
        }
    }

    private var readCoupon: Endpoint {
        Endpoint(
            .get("/v1/coupons/{id}"), .couponsRead,
            About(tag: "Discounts", name: "readCoupon", summary: "Read a coupon", problems: [.notFound])
        ) { (request: Request<CouponPath, NoQuery, NoBody>) in
            CouponBody(try await coupons.read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var archiveCoupon: Endpoint {
        Endpoint(
            .put("/v1/coupons/{id}/archival"), .couponsWrite,
            About(
                tag: "Discounts", name: "archiveCoupon", summary: "Let nobody redeem a coupon any more",
                details: "Who redeemed it keeps what it gives.",
                problems: [.notFound, .stale, DiscountsProblem.wrongState])
        ) { (request: Request<CouponPath, NoQuery, NoBody>, change: Change) in
            try await coupons.move(request.path.id, to: .archived, in: change)
                .told { CouponBody($0, for: request.actor) }
        }
    }

    private var restoreCoupon: Endpoint {
        Endpoint(
            .delete("/v1/coupons/{id}/archival"), .couponsWrite,
            About(
                tag: "Discounts", name: "restoreCoupon", summary: "Let an archived coupon be redeemed again",
                problems: [.notFound, .stale, DiscountsProblem.wrongState])
        ) { (request: Request<CouponPath, NoQuery, NoBody>, change: Change) in
            try await coupons.move(request.path.id, to: .active, in: change)
                .told { CouponBody($0, for: request.actor) }
        }
    }
}
