import Kernel
import Postgres
import Redis
import Tenancy
import Web

struct HealthBody: Codable, Sendable {
    let status: String
}

struct ReadinessBody: Codable, Sendable {
    let status: Readiness
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
                    details: "`degraded` while Redis is away: requests are served, but hardly limited.",
                    problems: [.unavailable], rate: .unlimited)
            ) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
                guard try await isReady() else { throw Problem.unavailable }
                return ReadinessBody(status: try await hasRedis() ? .ok : .degraded)
            },
        ]
    }

    private func isReady() async throws -> Bool {
        do {
            return try await tenants.databaseAnswers()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return false
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
