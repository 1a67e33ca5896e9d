import ArgumentParser
import Foundation
import Hummingbird
import Identity
import Kernel
import Logging
import ServiceLifecycle
import Subscriptions
import UnixSignals
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API until SIGTERM or SIGINT, then drain.",
        discussion: "MPANEL_HOST and MPANEL_PORT say where; logs are JSON lines on standard output.")

    @Option(help: "The address to listen on; MPANEL_HOST unless told.")
    var host: String?

    @Option(help: "The port to listen on; MPANEL_PORT unless told.")
    var port: Int?

    func run() async throws {
        let session = try await Session.open(connections: 16, isServer: true)
        do {
            try await serve(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private func serve(_ session: Session) async throws {
        var web = API.Settings()
        web.isBehindTLS = session.settings.isBehindTLS
        web.trustedProxies = session.settings.trustedProxies
        let (host, port) = (host ?? session.settings.host, port ?? session.settings.port)
        let installation = session.installation
        try await installation.identity.keys.load()
        var application = try installation.api(web).application(on: .hostname(host, port: port))
        application.logger = session.logger
        var configuration = ServiceGroupConfiguration(
            services: installation.pools.map { .init(service: $0) }
                + (installation.redis.map { [.init(service: $0)] } ?? [])
                + [.init(service: installation.subscriptions.runs), .init(service: application)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: session.logger)
        // Longer than the longest request; what is left then is cut off, and its transactions roll back.
        configuration.maximumGracefulShutdownDuration = .seconds(40)
        session.logger.info("serving", metadata: ["address": "http://\(host):\(port)"])
        try await ServiceGroup(configuration: configuration).run()
    }
}
