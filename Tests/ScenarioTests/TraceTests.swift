import Foundation
import HTTPTypes
import Kernel
import Logging
import MPanelServer
import Platform
import Postgres
import Subscriptions
import Synchronization
import TestKit
import Testing
import Web

@Suite("Traces through the server")
struct TraceTests {
    private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test("a job that a request asks for belongs to its trace, and so do its log lines")
    func jobs() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.staff))
                let header = try #require(HTTPField.Name("traceparent"))
                let asked = try await staff.send(
                    .post, "/v1/billing-runs", bytes: Array("{}".utf8),
                    headers: [header: "00-\(Self.id)-00f067aa0ba902b7-01"])
                #expect(asked.status == 202)
            }
            #expect(try await company.texts("SELECT trace_id AS line FROM jobs") == [Self.id])
            let log = Log()
            let worker = JobWorker(
                server.installation.subscriptions.jobs,
                stores: (server.installation.database, server.installation.system), clock: .system,
                logger: log.logger)
            #expect(try await worker.drain() == 1)
            #expect(log.traces(of: "a job was done") == [Self.id])
        }
    }

    @Test("an event that fails is logged, and tried again, in the trace that caused it")
    func events() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await server.subscribe("ears", to: "thing.moved")
            try await server.installation.database.write(company.scope, trace: TraceID(Self.id)) { tx in
                try await Event.record(
                    [Event("thing.moved", InvoiceID.new(), version: 1)], in: tx, at: .now())
            }
            let log = Log()
            let ears = Subscriber("ears", events: ["thing.moved"]) { _, _ in throw Mishap() }
            try await EventDispatcher(
                [ears], stores: (server.installation.database, server.installation.system), clock: .system,
                logger: log.logger
            ).drain()
            #expect(log.traces(of: "an event could not be delivered and became a job") == [Self.id])
            #expect(try await company.texts("SELECT trace_id AS line FROM jobs") == [Self.id])
        }
    }
}

/// Lines as the server writes them.
private final class Log: Sendable {
    private let lines = Mutex<[JSONValue]>([])

    var logger: Logger {
        Logger(label: "tests") { label in
            JSONLogHandler(label: label) { line in
                guard let line = try? JSONValue(parsing: Data(line.utf8)) else { return }
                self.lines.withLock { $0.append(line) }
            }
        }
    }

    func traces(of message: String) -> [String?] {
        lines.withLock { $0.filter { $0["message"].text == message }.map { $0["trace_id"].text } }
    }
}
