import Automation
import Kernel
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

extension Installation {
    /// What is done while no caller waits.
    func labour(_ limits: JobWorker.Limits) -> [any Service] {
        [worker(limits), automation.scheduler, dispatcher(), eventRetention]
    }
}

extension Session {
    /// Runs the services that `make` returns until SIGTERM or SIGINT, drains them, and closes the session.
    static func lasting(
        for purpose: Purpose, _ make: (Session) async throws -> [any Service]
    ) async throws {
        let session = try await open(connections: 16, for: purpose)
        do {
            try await session.run(try await make(session))
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private var stores: [any Service] {
        installation.pools + (installation.redis.map { [$0] } ?? [])
    }

    private func run(_ services: [any Service]) async throws {
        // The first in the list is the last to end: the others still need the pools while they drain.
        var configuration = ServiceGroupConfiguration(
            services: (stores + care + services).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Longer than the longest request; what is left then is cut off, and its transactions roll back.
        configuration.maximumGracefulShutdownDuration = .seconds(40)
        try await ServiceGroup(configuration: configuration).run()
    }
}
