import BillingMath
import Kernel
import Postgres

extension LineCounts {
    /// What is billed of the items that may come near the guard: those with more than their first schedule,
    /// of which a day has at most one line of each kind. All others cost nothing, which is nearly all.
    init(of claims: [DueClaim], in tx: Transaction) async throws {
        let rows = claims.flatMap { $0.rows.filter { $0.scheduleNumber > 1 } }
        guard let earliest = rows.compactMap(\.item.nextStartsOn).min() else {
            self = .none
            return
        }
        let items = Set(rows.map(\.itemID))
        let billed = try await tx.all(
            """
            SELECT item_id, starts_on, count(*) AS lines
            FROM billed_terms
            WHERE item_id = ANY(\(items.map(\.uuid))) AND starts_on >= \(earliest)
                AND released_by = \(BilledTerm.notReleased)
            GROUP BY item_id, starts_on
            """
        ) { row in
            (Place(item: try row["item_id"], day: try row["starts_on"]), try row["lines"] as Int)
        }
        self.init(of: items, billed: Dictionary(uniqueKeysWithValues: billed))
    }
}
