import Importing
import Kernel
import Subscriptions
import TestKit
import Testing

/// Two years of the example providers: billed each day, and billed once at the end.
@Suite("Catching up")
struct CatchingUpTests {
    @Test(
        "one run on 2029-01-01 writes the very lines of a run on each day", arguments: ["nordhost", "sakura"])
    func sameLines(slug: String) async throws {
        let last = try #require(Day("2029-01-01"))
        let atOnce = try await TestServer.run { server in
            let company = try await Examples.take(slug, on: server)
            try await company.setToday(last.description)
            let report = try await company.bill()
            #expect(report.failed.isEmpty)
            #expect(try await company.audit() == [])
            #expect(try await company.bill().totals.isEmpty)
            return try await company.lines()
        }
        let dayByDay = try await TestServer.run { server in
            let company = try await Examples.take(slug, on: server)
            var day = try #require(Day("2026-12-01"))
            while day <= last {
                try await company.setToday(day.description)
                try await company.bill()
                day = day.adding(days: 1)
            }
            #expect(try await company.audit() == [])
            return try await company.lines()
        }
        #expect(atOnce.count > 1000)
        #expect(Set(atOnce).symmetricDifference(dayByDay).sorted().prefix(10) == [])
        #expect(atOnce == dayByDay)
    }
}
