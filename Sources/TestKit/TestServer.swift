import Foundation
import Hummingbird
import Kernel
import Logging
package import MPanelServer
import Platform
import Postgres

/// The server as the composition root builds it, on a database of its own.
package struct TestServer: Sendable {
    package let installation: Installation
    package let database: TestDatabase

    /// Runs `body` on a fresh installation and takes it down again, whatever happens.
    package static func run<Value: Sendable>(
        _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let database = try await TestCluster.shared.database()
        let server = TestServer(installation: try installation(on: database), database: database)
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
    package static func installation(on database: TestDatabase) throws -> Installation {
        guard let box = SecretBox(secret: Data(repeating: 7, count: 32)) else { throw Problem.unavailable }
        var parts = Installation.Parts(appURL: database.appURL, systemURL: database.systemURL, secrets: box)
        parts.passwordCost = 4
        return Installation(parts, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }
}
