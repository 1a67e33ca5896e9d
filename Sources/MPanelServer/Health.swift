import Kernel
import Postgres
import Tenancy
import Web

struct HealthBody: Codable, Sendable {
    let status: String
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
                    problems: [.unavailable], rate: .unlimited)
            ) { (_: PublicRequest<NoPath, NoQuery, NoBody>) in
                guard try await isReady() else { throw Problem.unavailable }
                return HealthBody(status: "ok")
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
}
