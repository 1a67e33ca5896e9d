import Foundation
import Kernel
import MPanelServer
import Measures
import Platform
import Postgres
import TestKit
import Testing

@Suite("Metrics", .timeLimit(.minutes(2)))
struct MetricsTests {
    @Test("the page is what promtool takes for well made, shows every metric, and nothing of one company")
    func page() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            try await company.bill()
            try await server.makeLive(company)
            try await server.installation.database.write(company.scope) { tx in
                _ = try await Job.ask(for: "nobody_knows_it", JSONText("{}"), in: tx, at: .now())
            }
            try await serve(server.database) { address, metrics in
                _ = try await get("\(address)/health/ready", until: "")
                let page = try await get("\(metrics)/metrics", until: "mpanel_invoices{")
                #expect(try promtool(page) == "")
                for metric in Installation.metrics {
                    #expect(
                        page.contains("# TYPE \(metric.name) \(metric.kind.rawValue)\n"), "\(metric.name)")
                }
                #expect(page.contains(#"route="/health/ready",status="2xx",le="30.0"} "#))
                #expect(page.contains(#"mpanel_tenants{kind="live"} 1"#))
                #expect(page.contains(#"mpanel_jobs_by_kind{kind="other",state="waiting"} 1"#))
                #expect(page.contains(#"mpanel_invoices{currency="EUR",state="open"} "#))
                #expect(!page.contains("nobody_knows_it"))
                #expect(!page.contains("\(company.scope.tenant)") && !page.contains(company.slug.text))
                #expect(try await get("\(address)/metrics", until: "").contains("no_such_path"))
            }
        }
    }

    @Test("docs/operations/metrics.md lists every metric with its type and labels, and no other")
    func documented() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/operations/metrics.md")
        let documented = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("| `") }
            .map { line in
                line.split(separator: "|").prefix(3).map { $0.trimmingCharacters(in: .whitespaces) }
            }
        let inCode = Installation.metrics.map { metric in
            ["`\(metric.name)`", metric.kind.rawValue, metric.labels.joined(separator: ", ")]
        }
        #expect(Set(documented) == Set(inCode))
        #expect(documented.count == Installation.metrics.count)
    }

    /// Runs the program with its page, hands on both addresses, and ends it.
    private func serve(
        _ database: TestDatabase, _ body: (_ address: String, _ metrics: String) async throws -> Void
    ) async throws {
        let (port, metricsPort) = (try freePort(), try freePort())
        let process = try MPanelProcess(
            ["serve", "--without-jobs", "--port", "\(port)"], on: database,
            environment: ["MPANEL_METRICS_PORT": "\(metricsPort)", "MPANEL_REDIS_URL": "redis://127.0.0.1:1"])
        defer { if process.isRunning { process.kill() } }
        try await body("http://127.0.0.1:\(port)", "http://127.0.0.1:\(metricsPort)")
        process.terminate()
        let ending = try await process.end()
        #expect(ending.status == 0 && !ending.wasKilled, "\(ending.errors)")
    }

    /// The body of the first answer that holds `mark`.
    private func get(_ address: String, until mark: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        var body = ""
        while ContinuousClock.now < deadline {
            body = try run("/usr/bin/curl", ["--silent", "--max-time", "5", address])
            if !body.isEmpty, mark.isEmpty || body.contains(mark) { return body }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(address) never answered with \(mark): \(body)")
        return body
    }

    /// What promtool has against a page; empty when nothing.
    private func promtool(_ page: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "mpanel-metrics-\(UUID())")
        try Data(page.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try run("/bin/sh", ["-c", "promtool check metrics < \(file.path()) 2>&1 || echo refused"])
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}

extension TestServer {
    /// As if the sandbox were a company that does business.
    fileprivate func makeLive(_ company: Company) async throws {
        let admin = try await Connection.open(PostgresSettings(url: database.superuserURL))
        try await admin.run("UPDATE tenants SET is_sandbox = false WHERE tenant_id = \(company.scope.tenant)")
    }
}
