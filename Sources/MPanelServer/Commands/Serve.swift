import ArgumentParser
import Foundation
import Hummingbird
import Identity
import Kernel
import Logging
import Platform
import ServiceLifecycle
import Subscriptions
import UnixSignals
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the API until SIGTERM or SIGINT, then drain.",
        discussion: """
            MPANEL_HOST and MPANEL_PORT say where; logs are JSON lines on standard output. With \
            MPANEL_METRICS_PORT there is /metrics for Prometheus, on MPANEL_METRICS_HOST or else MPANEL_HOST.
            """)

    @Option(help: "The address to listen on; MPANEL_HOST unless told.")
    var host: String?

    @Option(help: "The port to listen on; MPANEL_PORT unless told.")
    var port: Int?

    @Flag(
        name: .customLong("without-jobs"),
        help: "Leave all jobs and events to `mpanel work`: what is asked for waits until one runs.")
    var withoutJobs = false

    func run() async throws {
        try await Session.lasting(for: .serving) { session in try await services(session) }
    }

    private func services(_ session: Session) async throws -> [any Service] {
        var web = API.Settings()
        web.isBehindTLS = session.settings.isBehindTLS
        web.trustedProxies = session.settings.trustedProxies
        let (host, port) = (host ?? session.settings.host, port ?? session.settings.port)
        let installation = session.installation
        let keys = installation.identity.keys
        try await keys.load()
        let api = try installation.api(web)
        var application = api.application(on: .hostname(host, port: port))
        application.logger = session.logger
        session.logger.info("serving", metadata: ["address": "http://\(host):\(port)"])
        // Few, so that billing runs leave the requests their connections.
        var limits = JobWorker.Limits()
        limits.jobs = 2
        let care = SigningKeyCare(keys: keys, logger: session.logger)
        return session.measuring(api.requestTimes) + (withoutJobs ? [] : installation.labour(limits))
            + [installation.broadcast, care, application]
    }
}
