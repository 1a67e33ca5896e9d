import Foundation
import Kernel
import MPanelServer
import Postgres
import Subscriptions
import TestKit
import Testing

@Suite("Billing under abuse", .serialized)
struct BillingUnderAbuseTests {
    @Test("a run that is killed thirty times at random leaves nothing out and bills nothing twice")
    func killed() async throws {
        try await TestServer.run { server in
            let seed = UInt64.random(in: 0...UInt64.max)
            let (company, undisturbed) = try await twins(of: .crowd(of: 700), on: server)
            var assassin = Assassin(seed: seed, typical: try await timed(company, through: Assassin.day(0)))
            for round in 1...30 {
                try await assassin.strike(company, through: Assassin.day(round))
            }
            #expect(assassin.midway >= 8, "too few of the kills hit a run midway; seed \(seed)")

            let last = Assassin.day(30)
            let process = try MPanelProcess(
                ["bill", "--tenant", "killed", "--as-of", last], on: server.database)
            #expect(try await process.end().status == 0)
            try await undisturbed.bill(asOf: last)
            try await expectSame(company, undisturbed, "seed \(seed)")
        }
    }

    @Test("two processes that bill one provider at once share the work and bill nothing twice")
    func together() async throws {
        try await TestServer.run { server in
            let (company, undisturbed) = try await twins(of: .crowd(of: 1000), on: server)
            let arguments = ["bill", "--tenant", "killed", "--as-of", "2024-02-10", "--json"]
            let processes = try (1...2).map { _ in try MPanelProcess(arguments, on: server.database) }
            var billed: [Int] = []
            for process in processes {
                let ending = try await process.end()
                #expect(ending.status == 0, "\(ending.errors)")
                let report = try JSONDecoder().decode(BillingReport.self, from: ending.output)
                billed.append(report.invoices)
            }
            let report = try await undisturbed.bill(asOf: "2024-02-10")
            #expect(
                billed.reduce(0, +) == report.invoices, "each invoice is reported by the one that made it")
            #expect(billed.allSatisfy { $0 > 0 }, "both had a share")
            try await expectSame(company, undisturbed)
        }
    }

    @Test("a run survives that PostgreSQL is restarted, and that it crashes")
    func restarted() async throws {
        try await OwnCluster.run { cluster, server in
            let (company, undisturbed) = try await twins(of: .crowd(of: 1000), on: server)
            let (chunks, chunk) = AsyncStream<Int>.makeStream()
            let report = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var seen = 0
                    for await _ in chunks {
                        seen += 1
                        do { if seen == 2 { try await cluster.restart(.fast) }
                        if seen == 5 { try await cluster.restart(.crash) } } catch { print("CAUGHT2", String(reflecting: error)); throw error }
                    }
                }
                defer { chunk.finish() }
                do { return try await company.bill(asOf: "2024-03-10") { report in chunk.yield(report.invoices) } } catch { print("CAUGHT", String(reflecting: error)); throw error }
            }
            #expect(
                report == (try await undisturbed.bill(asOf: "2024-03-10")), "nothing is counted twice either")
            try await expectSame(company, undisturbed)
        }
    }

    /// The same provider twice.
    private func twins(of provider: Provider, on server: TestServer) async throws -> (Company, Company) {
        (
            try await Company(provider, as: "killed", on: server),
            try await Company(provider, as: "undisturbed", on: server)
        )
    }

    /// How long a whole run of the program takes.
    private func timed(_ company: Company, through day: String) async throws -> Duration {
        let start = ContinuousClock.now
        let process = try MPanelProcess(
            ["bill", "--tenant", company.slug.text, "--as-of", day], on: company.server.database)
        #expect(try await process.end().status == 0)
        return ContinuousClock.now - start
    }

    private func expectSame(_ company: Company, _ undisturbed: Company, _ comment: Comment? = nil)
        async throws
    {
        let invoices = try await undisturbed.invoices()
        #expect(try await company.invoices() == invoices, comment)
        #expect(try await company.lines() == undisturbed.lines(), comment)
        #expect(
            try await company.numbers() == (1...invoices.count).map { "A-2026-" + $0.padded(6) }, comment)
        #expect(try await company.audit() == [], comment)
        #expect(try await undisturbed.audit() == [], comment)
    }
}

/// Kills billing runs, each at a moment of its own choice.
struct Assassin {
    private var random: Seeded
    private let typical: Duration
    /// How many of its kills left some of the due terms billed and others not.
    private(set) var midway = 0

    init(seed: UInt64, typical: Duration) {
        random = Seeded(seed)
        self.typical = typical
    }

    /// Each round of runs has another month to bill.
    static func day(_ round: Int) -> String {
        let months = 2024 * 12 + round
        return "\(months / 12)-\((months % 12 + 1).padded(2))-01"
    }

    mutating func strike(_ company: Company, through day: String) async throws {
        let due = try await company.due(through: day)
        let process = try MPanelProcess(
            ["bill", "--tenant", company.slug.text, "--as-of", day], on: company.server.database)
        try await Task.sleep(for: typical * Double.random(in: 0.1...1, using: &random))
        process.kill()
        let wasKilled = try await process.end().wasKilled
        let left = try await company.due(through: day)
        print("STRIKE", due, left, wasKilled, typical)
        if wasKilled, left > 0, left < due { midway += 1 }
    }
}
