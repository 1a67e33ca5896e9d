import Foundation
import Kernel
import Platform
import Postgres
import Web

extension Coupon {
    private static let columns: SQL =
        """
        id, code, name, currency, percent_micros, amount_minor, applies_to, product_ids, family_ids,
        intervals, terms, customer_ids, new_customers_only, max_uses, max_uses_per_customer, valid_from,
        valid_until, state, uses, version, recorded_at
        """

    init(row: Row) throws {
        id = try row["id"]
        code = try row["code"]
        terms = try DiscountTerms(row: row)
        currency = try row["currency"]
        limits = try CouponLimits(row: row)
        state = try row["state"]
        uses = try row["uses"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ id: CouponID, in tx: Transaction) async throws -> Coupon? {
        try await tx.first("SELECT \(columns) FROM coupons WHERE id = \(id)", Coupon.init(row:))
    }

    static func lock(_ id: CouponID, in tx: Transaction) async throws -> Coupon? {
        try await tx.first(
            "SELECT \(columns) FROM coupons WHERE id = \(id) FOR NO KEY UPDATE", Coupon.init(row:))
    }

    /// Locks the row: two who redeem the last use come one after the other.
    static func lock(_ code: Code, in tx: Transaction) async throws -> Coupon? {
        try await tx.first(
            "SELECT \(columns) FROM coupons WHERE code = \(code) FOR NO KEY UPDATE", Coupon.init(row:))
    }

    static func list(
        _ filter: CouponFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<Coupon> {
        var condition: SQL = "TRUE"
        if let state = filter.state { condition = "\(condition) AND state = \(state)" }
        if let code = filter.code { condition = "\(condition) AND code = \(code)" }
        if let last = page.cursor.flatMap(CouponID.init) { condition = "\(condition) AND id < \(last)" }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM coupons
            WHERE \(condition)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, Coupon.init(row:))
        return Page(fetched: rows, limit: page.limit, cursor: \.id.description)
    }

    func insert(in tx: Transaction) async throws {
        let intervals = try JSONText(encoding: terms.intervals)
        try await refusing(["coupons_code_key": DiscountsProblem.couponCodeTaken]) {
            try await tx.run(
                """
                INSERT INTO coupons (tenant_id, id, code, name, currency, percent_micros, amount_minor,
                    applies_to, product_ids, family_ids, intervals, terms, customer_ids, new_customers_only,
                    max_uses, max_uses_per_customer, valid_from, valid_until, state, uses, version,
                    recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(code), \(terms.name), \(currency),
                    \(terms.percentMicros), \(terms.amountMinor), \(terms.charges),
                    \(terms.products.map(\.uuid)), \(terms.families.map(\.uuid)), \(intervals),
                    \(terms.terms.map(Int32.init)), \(limits.customers.map(\.uuid)),
                    \(limits.newCustomersOnly), \(limits.maxUses.map(Int32.init)),
                    \(limits.maxUsesPerCustomer.map(Int32.init)), \(limits.validFrom),
                    \(limits.validUntil), \(state), 0, 1, \(recordedAt))
                """)
        }
    }

    func move(to state: State, in tx: Transaction) async throws -> Coupon {
        try await updated("state = \(state), version = version + 1", in: tx)
    }

    /// A use is no change of the coupon, whose version stays.
    func countUse(in tx: Transaction) async throws -> Coupon {
        try await updated("uses = uses + 1", in: tx)
    }

    private func updated(_ assignment: SQL, in tx: Transaction) async throws -> Coupon {
        let updated = try await tx.first(
            "UPDATE coupons SET \(assignment) WHERE id = \(id) RETURNING \(Coupon.columns)",
            Coupon.init(row:))
        guard let updated else { throw Problem.notFound }
        return updated
    }

    /// An error for each list that names something which the tenant does not have.
    func unknownReferences(in tx: Transaction) async throws -> [FieldError] {
        let (products, families) = (Set(terms.products), Set(terms.families))
        let customers = Set(limits.customers)
        let counts = try await tx.first(
            """
            SELECT
                (SELECT count(*) FROM products WHERE id = ANY(\(products.map(\.uuid)))) AS products,
                (SELECT count(*) FROM product_families WHERE id = ANY(\(families.map(\.uuid)))) AS families,
                (SELECT count(*) FROM customers WHERE id = ANY(\(customers.map(\.uuid)))) AS customers
            """
        ) { try ($0["products"] as Int, $0["families"] as Int, $0["customers"] as Int) }
        guard let counts else { return [] }
        return [
            ("/product_ids", counts.0 == products.count), ("/product_family_ids", counts.1 == families.count),
            ("/customer_ids", counts.2 == customers.count),
        ].filter { !$0.1 }.map { FieldError($0.0, "must name what your company has") }
    }
}

extension CouponLimits {
    fileprivate init(row: Row) throws {
        self.init()
        customers = (try row["customer_ids"] as [UUID]).map(CustomerID.init)
        newCustomersOnly = try row["new_customers_only"]
        maxUses = try row["max_uses"]
        maxUsesPerCustomer = try row["max_uses_per_customer"]
        validFrom = try row["valid_from"]
        validUntil = try row["valid_until"]
    }
}

/// Which coupons a list shows, newest first.
struct CouponFilter: Sendable {
    var state: Coupon.State?
    var code: Code?
}
