package import Logging
package import Redis

/// The Redis of a server: the one that is configured, else a private one.
package struct SharedRedis: Sendable {
    let pool: RedisPool
    let lease: PrivateRedis.Lease?

    /// Nil, and a line in the log, when there is none to be had: a server without it serves all the same.
    /// Throws only a `Complaint` about a URL that is none.
    static func open(_ settings: Settings, logger: Logger) async throws -> SharedRedis? {
        if let url = settings.redisURL {
            let pool: RedisPool
            do {
                pool = try SharedRedis.pool(on: url, logger: logger)
            } catch {
                throw Complaint("MPANEL_REDIS_URL: \(error)")
            }
            // Whether it answers is in the log before the first request is.
            try? await Redis(pool).ping()
            return SharedRedis(pool: pool, lease: nil)
        }
        do {
            let redis = PrivateRedis(home: settings.home, binaries: settings.redisBinaries)
            let lease = try await redis.acquire(say: Terminal.say)
            return SharedRedis(pool: try pool(on: lease.url, logger: logger), lease: lease)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.error(
                "serving without Redis, which limits hardly anything", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Connections for a server, every request of which asks: what hangs is given up soon. Throws a
    /// `RedisURLProblem`.
    package static func pool(on url: String, logger: Logger) throws -> RedisPool {
        var settings = try RedisSettings(url: url)
        settings.connectLimit = .seconds(1)
        settings.commandLimit = .milliseconds(250)
        return RedisPool(settings, logger: logger)
    }
}
