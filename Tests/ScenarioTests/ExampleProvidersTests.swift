import Foundation
import Importing
import Kernel
import MPanelServer
import Subscriptions
import TestKit
import Testing

@Suite("The example providers, from their files to their invoices")
struct ExampleProvidersTests {
    @Test(
        "every invoice is the expected one, and a second run bills nothing",
        arguments: ["nordhost", "sakura"])
    func invoices(slug: String) async throws {
        try await TestServer.run { server in
            let company = try await Examples.take(slug, on: server)
            let totals = try Examples.totals()[slug]?["2026-12-01"]
            let untouched = try await server.digests(but: ["seller_snapshots"])
            let rehearsal = try await company.bill(asOf: "2026-12-01", isDryRun: true)
            #expect(rehearsal.totals == totals)
            #expect(
                try await server.digests(but: ["seller_snapshots"]) == untouched, "a dry run writes nothing")

            let report = try await company.bill(asOf: "2026-12-01")
            #expect(report == rehearsal, "the run does what its dry run said")
            #expect(report.failed.isEmpty)
            #expect(try await company.invoices() == Examples.expected(slug))

            let second = try await company.bill(asOf: "2026-12-01")
            #expect(second.totals.isEmpty)
            #expect(second.skipped == report.skipped)
            #expect(try await company.invoices() == Examples.expected(slug))
            #expect(try await company.audit() == [])
            try await server.api { anyone in
                try await expectExplained(try await anyone.signedIn(company.user(.staff)), sample: 200)
            }
        }
    }

    @Test(
        "invoices are numbered from 1 without a gap, by the provider's own format",
        arguments: [("nordhost", "NH-2026-", 6), ("sakura", "SC", 8)])
    func numbers(slug: String, prefix: String, width: Int) async throws {
        try await TestServer.run { server in
            let company = try await Examples.take(slug, on: server)
            let count = try await company.bill().invoices
            #expect(count == (try Examples.expected(slug).count))
            #expect(try await company.numbers() == (1...count).map { prefix + $0.padded(width) })
        }
    }

    @Test("two providers on one installation are billed each by its own rules")
    func together() async throws {
        try await TestServer.run { server in
            let companies = [
                try await Examples.take("nordhost", on: server),
                try await Examples.take("sakura", on: server),
            ]
            for company in companies { try await company.bill() }
            for company in companies {
                #expect(try await company.invoices() == Examples.expected(company.slug.text))
                #expect(try await company.audit() == [])
            }
        }
    }

    @Test("an import that is repeated skips every row and writes nothing")
    func again() async throws {
        try await TestServer.run { server in
            let first = try await Company.take(
                Examples.folder("sakura"), as: "sakura", today: "2026-12-01", on: server)
            let before = try await server.digests(but: TestServer.auditLog)
            let second = try await Company.take(
                Examples.folder("sakura"), as: "sakura", today: "2026-12-01", on: server)
            #expect(try await server.digests(but: TestServer.auditLog) == before)
            #expect(first.files.map(\.counts.imported) == [13, 54, 1, 160, 340])
            #expect(second.files.map(\.counts.skipped) == [13, 54, 1, 160, 340])
            #expect(second.files.allSatisfy { $0.counts.imported == 0 && $0.counts.refused == 0 })
        }
    }

    @Test(
        "a row that changed since it was imported is reported and not applied",
        arguments: [
            ("prices", "web-s,JPY,month,1,798,0", "web-s,JPY,month,1,799,0"),
            ("customers", "Osaka,JP,JPY,false", "Kyoto,JP,JPY,false"),
            ("tax_rates", "JP,消費税,10", "JP,消費税,8"),
        ])
    func changed(file: String, old: String, new: String) async throws {
        try await TestServer.run { server in
            let copy = try Examples.copy(of: "sakura")
            defer { try? FileManager.default.removeItem(at: copy) }
            _ = try await Company.take(copy, as: "sakura", today: "2026-12-01", on: server)
            let before = try await server.digests(but: TestServer.auditLog)

            let path = copy.appending(path: file + ".csv")
            var rows = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
            let row = try #require(rows.firstIndex { $0.contains(old) })
            rows[row] = rows[row].replacing(old, with: new)
            try Data(rows.joined(separator: "\n").utf8).write(to: path)

            let report = try await Company.take(copy, as: "sakura", today: "2026-12-01", on: server)
            let refusal = try #require(report.refusals.first)
            #expect(report.refusals.count == 1)
            #expect(refusal.file == file + ".csv")
            #expect(refusal.line == row + 1)
            #expect(refusal.reason.contains("differs"))
            #expect(report.files.map(\.counts.imported) == [0, 0, 0, 0, 0])
            #expect(try await server.digests(but: TestServer.auditLog) == before)
        }
    }

    @Test("of the dirty provider the good rows come in and each bad one is refused at its place")
    func dirty() async throws {
        try await TestServer.run { server in
            let report = try await Company.take(
                Examples.folder("dirty"), as: "dirty", today: "2026-12-01", on: server)
            #expect(report.files.map(\.counts.imported) == [2, 3, 7, 3, 3])
            #expect(report.files.map(\.counts.refused) == [3, 10, 0, 9, 12])
            #expect(
                report.refusals.map { "\($0.file) \($0.line) \($0.column ?? "")" } == Examples.dirtyRefusals)
            #expect(report.refusals.allSatisfy { !$0.reason.isEmpty })

            let company = try await Company(report.tenant, on: server)
            try await company.bill(asOf: "2026-12-01")
            #expect(
                try await company.invoices() == [
                    "C1,EUR,2026-11-30,1,499,95,594", "C3,JPY,2026-11-01,1,1596,0,1596",
                    "C3,JPY,2026-12-01,1,1596,0,1596",
                ])
            #expect(try await company.audit() == [])
        }
    }
}

/// The providers that come with the project, and what is right about them.
enum Examples {
    static func folder(_ slug: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../examples/" + slug)
            .standardized
    }

    static func take(_ slug: String, on server: TestServer) async throws -> Company {
        let report = try await Company.take(folder(slug), as: slug, today: "2026-12-01", on: server)
        #expect(report.refusals.isEmpty)
        return try await Company(report.tenant, on: server)
    }

    static func copy(of slug: String) throws -> URL {
        let copy = FileManager.default.temporaryDirectory.appending(path: "mpanel-\(slug)-\(UUID())")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        // Contents only: who owns the checkout may be somebody else.
        for name in try FileManager.default.contentsOfDirectory(atPath: folder(slug).path()) {
            try Data(contentsOf: folder(slug).appending(path: name)).write(to: copy.appending(path: name))
        }
        return copy
    }

    /// In the form of `Company.invoices`.
    static func expected(_ slug: String) throws -> [String] {
        let text = try String(
            contentsOf: folder(slug).appending(path: "expected-2026-12-01.csv"), encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init).sorted()
    }

    static func totals() throws -> [String: [String: [String: CurrencyTotals]]] {
        let data = try Data(contentsOf: folder("expected-totals.json"))
        return try JSONDecoder().decode([String: [String: [String: CurrencyTotals]]].self, from: data)
    }

    static let dirtyRefusals = [
        "products.csv 4 code", "products.csv 5 type", "products.csv 6 code",
        "prices.csv 5 amount", "prices.csv 6 amount", "prices.csv 7 amount", "prices.csv 8 currency",
        "prices.csv 9 interval_unit", "prices.csv 10 interval_count", "prices.csv 11 amount",
        "prices.csv 12 product_code", "prices.csv 13 product_code", "prices.csv 14 amount",
        "customers.csv 6 email", "customers.csv 7 country", "customers.csv 8 ref", "customers.csv 9 currency",
        "customers.csv 10 tax_exempt", "customers.csv 11 postal_code", "customers.csv 12 email",
        "customers.csv 13 ref", "customers.csv 14 contact_name",
        "subscriptions.csv 5 customer_ref", "subscriptions.csv 6 started_on",
        "subscriptions.csv 7 started_on",
        "subscriptions.csv 8 quantity", "subscriptions.csv 9 quantity", "subscriptions.csv 10 product_code",
        "subscriptions.csv 11 currency", "subscriptions.csv 12 billed_until", "subscriptions.csv 13 state",
        "subscriptions.csv 14 ref", "subscriptions.csv 15 trial_until", "subscriptions.csv 16 started_on",
    ]
}
