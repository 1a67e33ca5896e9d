import Kernel
import Postgres
import Redis
import Schema
import Web

struct HealthBody: Codable, Sendable {
    let status: String
}

struct ReadinessBody: Codable, Sendable {
    let status: Readiness
    /// How the database's schema fits this server: `ahead` when a newer version migrated it.
    let schema: Schema.Fit
}

enum Readiness: String, Codable, Sendable, CaseIterable {
    case ok
    /// Requests are served, but without Redis: hardly limited.
    case degraded
}

extension Installation {
    /// For load balancers and orchestrators: alive as a process, and able to serve.
    var healthEndpoints: [Endpoint] {
        [
            Endpoint(
                public: .get("/health/live"),
                About(
                    tag: "Health", name: "healthLive", summary: "Whether the process runs",
                    rate: .unlimited)
            ) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
                HealthBody(status: "ok")
            },
            Endpoint(
                public: .get("/health/ready"),
                About(
                    tag: "Health", name: "healthReady", summary: "Whether the process can serve requests",
                    details: """
                        `degraded` while Redis is away: requests are served, but hardly limited. 503 while \
                        the database does not answer, and until it is migrated for this version.
                        """,
                    problems: [.unavailable, .migrationsPending], rate: .unlimited)
            ) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
                let fit = try await schemaFit()
                if fit == .pending { throw Problem.migrationsPending }
                return ReadinessBody(status: try await hasRedis() ? .ok : .degraded, schema: fit)
            },
        ]
    }

    /// Throws `unavailable` when the database does not answer within three seconds: balancers ask often, and
    /// must hear soon.
    private func schemaFit() async throws -> Schema.Fit {
        let system = system
        return try await withThrowingTaskGroup(of: Schema.Fit.self) { group in
            group.addTask {
                do {
                    return try await Schema.fit(of: system)
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    throw Problem.unavailable
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(3))
                throw Problem.unavailable
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw Problem.unavailable }
            return first
        }
    }

    private func hasRedis() async throws -> Bool {
        guard let redis else { return false }
        do {
            try await Redis(redis).ping()
            return true
        } catch let error as CancellationError {
            throw error
        } catch {
            return false
        }
    }
}

extension Problem {
    static let migrationsPending = Problem(
        "migrations_pending", status: 503,
        "The database is older than this server. Run `mpanel migrate`, then it serves.", retryAfterSeconds: 5)
}
