package import Foundation
import Hummingbird
package import Kernel
package import Limits
import Logging
package import MPanelServer
import Platform
import Postgres
import Redis

/// The server as the composition root builds it, on a database of its own.
package struct TestServer: Sendable {
    package let installation: Installation
    package let database: TestDatabase

    /// What a test asks for that wants to be limited; others are not.
    package struct Limited: Sendable {
        package var quotas: RateLimits.Quotas
        /// Nil: no Redis.
        package var redisURL: String?
        /// The key of the counters' names, which keeps one test's from another's.
        package var secret = SecretBox.newSecret()
        /// How long a mark of a session is believed.
        package var sessionTrust = SessionMarks.usualTrust

        package init(_ quotas: RateLimits.Quotas, redisURL: String?) {
            self.quotas = quotas
            self.redisURL = redisURL
        }
    }

    /// Runs `body` on a fresh installation and takes it down again, whatever happens.
    package static func run<Value: Sendable>(
        _ limited: Limited? = nil, clock: RealClock = .system, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let database = try await TestCluster.shared.database()
        let server = TestServer(
            installation: try installation(on: database, limited, clock: clock), database: database)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await server.installation.shutDown()
        try await database.drop()
        return try result.get()
    }

    /// Another process's view of the same database.
    package static func installation(
        on database: TestDatabase, _ limited: Limited? = nil, clock: RealClock = .system
    ) throws -> Installation {
        guard let box = SecretBox(secret: limited?.secret ?? Data(repeating: 7, count: 32)) else {
            throw Problem.unavailable
        }
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        var parts = Installation.Parts(appURL: database.appURL, systemURL: database.systemURL, secrets: box)
        parts.passwordCost = 4
        parts.clock = clock
        parts.quotas = limited?.quotas ?? .off
        // Without Redis whoever ends a session waits for so long.
        parts.sessionTrust = limited?.sessionTrust ?? .milliseconds(10)
        if let url = limited?.redisURL { parts.redis = try SharedRedis.pool(on: url, logger: logger) }
        return Installation(parts, logger: logger)
    }
}
