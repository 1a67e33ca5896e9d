import Foundation
import Kernel
import MPanelServer
import Postgres
import Seeds
import Subscriptions
import TestKit
import Testing

@Suite("Billing under abuse", .serialized)
struct BillingUnderAbuseTests {
    @Test("a run that is killed thirty times at random leaves nothing out and bills nothing twice")
    func killed() async throws {
        try await TestServer.run { server in
            let seed = UInt64.random(in: 0...UInt64.max)
            let (company, undisturbed) = try await twins(of: .crowd(of: 2000), on: server)
            var assassin = Assassin(of: company, seed: seed)
            for _ in 1...30 { try await assassin.strike() }
            #expect(assassin.midway >= 5, "too few of the kills hit a run midway; seed \(seed)")

            let last = assassin.day
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
            let (company, undisturbed) = try await twins(of: .crowd(of: 2000), on: server)
            let arguments = ["bill", "--tenant", "killed", "--as-of", "2024-06-10", "--json"]
            let processes = try (1...2).map { _ in try MPanelProcess(arguments, on: server.database) }
            var billed: [Int] = []
            for process in processes {
                let ending = try await process.end()
                #expect(ending.status == 0, "\(ending.errors)")
                let report = try JSONDecoder().decode(BillingReport.self, from: ending.output)
                billed.append(report.invoices)
            }
            let report = try await undisturbed.bill(asOf: "2024-06-10")
            #expect(
                billed.reduce(0, +) == report.invoices, "each invoice is reported by the one that made it")
            #expect(billed.allSatisfy { $0 > 0 }, "both had a share")
            try await expectSame(company, undisturbed)
        }
    }

    @Test("a run survives that PostgreSQL is restarted, and that it crashes")
    func restarted() async throws {
        try await OwnCluster.run { cluster, server in
            let (company, undisturbed) = try await twins(of: .crowd(of: 2000), on: server)
            let (chunks, chunk) = AsyncStream<Int>.makeStream()
            let report = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var seen = 0
                    for await _ in chunks {
                        seen += 1
                        if seen == 2 { try await cluster.restart(.fast) }
                        if seen == 4 { try await cluster.restart(.crash) }
                    }
                    #expect(seen > 4, "both fell into the run")
                }
                defer { chunk.finish() }
                return try await company.bill(asOf: "2024-03-10") { report in chunk.yield(report.invoices) }
            }
            let calm = try await undisturbed.bill(asOf: "2024-03-10")
            #expect(report == calm, "nothing is counted twice either")
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

/// Kills billing runs of one company, each at a moment of its own choice.
struct Assassin {
    private let company: Company
    private var random: Seeded
    /// The kills fall within this time of a run's start. It follows how long the runs take.
    private var window = Duration.seconds(1)
    private var month = 0
    /// How many kills left some of the due terms billed and others not.
    private(set) var midway = 0

    init(of company: Company, seed: UInt64) {
        self.company = company
        random = Seeded(seed)
    }

    /// Through which the last run was to bill.
    var day: String {
        let months = 2024 * 12 + month
        return "\(months / 12)-\((months % 12 + 1).padded(2))-01"
    }

    mutating func strike() async throws {
        var due = try await company.due(through: day)
        // Too little for several transactions: on to the next month.
        while due < 1200 {
            month += 1
            due = try await company.due(through: day)
        }
        let process = try MPanelProcess(
            ["bill", "--tenant", company.slug.text, "--as-of", day], on: company.server.database)
        try await Task.sleep(for: window * Double.random(in: 0.2...1, using: &random))
        process.kill()
        let wasKilled = try await process.end().wasKilled
        let left = try await company.due(through: day)
        if wasKilled, left > 0, left < due { midway += 1 }
        if left == due { window = window * 1.4 }
        if left == 0 { window = window * 0.7 }
    }
}
