import Measures
import Postgres

extension Installation {
    static let poolNames = ["app", "system"]

    /// What the pools and the statements of this process are about.
    func storeFamilies() -> [Family] {
        let pools = zip(Installation.poolNames, pools).map { (name: $0, pool: $1, now: $1.statistics) }
        return [
            Family(
                StoreMetric.connections,
                pools.flatMap { pool in
                    [
                        ([pool.name, "idle"], .whole(Int64(pool.now.idle))),
                        ([pool.name, "in_use"], .whole(Int64(pool.now.connections - pool.now.idle))),
                    ]
                }),
            Family(StoreMetric.waiting, pools.map { ([$0.name], .whole(Int64($0.now.waiting))) }),
            Family(StoreMetric.waits, pools.map { ([$0.name], .times($0.now.waitTimes)) }),
            Family(StoreMetric.refused, pools.map { ([$0.name], .whole(Int64($0.now.waitsEndedByLimit))) }),
            Family(StoreMetric.failures, pools.map { ([$0.name], .whole(Int64($0.now.failedToOpen))) }),
            Family(
                StoreMetric.queries,
                pools.flatMap { pool in
                    pool.pool.queryTimes.series.map { ([pool.name, $0.statement], .times($0.times)) }
                }),
        ]
    }
}

enum StoreMetric {
    static let all = [connections, waiting, waits, refused, failures, queries]

    static let connections = Metric(
        "mpanel_pool_connections", .gauge, "Connections to PostgreSQL, by pool and state",
        labels: ["pool", "state"])
    static let waiting = Metric(
        "mpanel_pool_waiting", .gauge, "Callers that wait for a connection now", labels: ["pool"])
    static let waits = Metric(
        "mpanel_pool_wait_seconds", .histogram, "How long callers waited for a connection that had to",
        labels: ["pool"])
    static let refused = Metric(
        "mpanel_pool_waits_refused_total", .counter, "Callers that waited in vain and got 503",
        labels: ["pool"])
    static let failures = Metric(
        "mpanel_pool_connect_failures_total", .counter, "Connections that could not be opened",
        labels: ["pool"])
    static let queries = Metric(
        "mpanel_query_seconds", .histogram, "Round trips to PostgreSQL, by the last statement of each",
        labels: ["pool", "statement"])
}
