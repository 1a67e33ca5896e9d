import Foundation
import TestKit
import Testing

/// What the server stands on goes away under load, and comes back. Clients are told to come again, and
/// nothing is lost or done twice; the server is never restarted.
@Suite("Outages under load", .serialized, .timeLimit(.minutes(5)))
struct OutageTests {
    @Test("PostgreSQL is restarted, and then crashes")
    func postgres() async throws {
        try await Standing.run { standing in
            try await standing.serving { server in
                let account = try await Traffic.run(against: [server.address], as: standing.sign) { traffic in
                    try await traffic.flows()
                    try await standing.postgres.restart(.fast)
                    try await traffic.flows()
                    try await standing.postgres.restart(.crash)
                    try await traffic.flows()
                }
                #expect(account.answers[503, default: 0] > 0, "it was felt: \(account.answers)")
                #expect(account.broken == 0)
                try await standing.expectEachOnce(account)
            }
        }
    }

    @Test("Redis crashes and is started again: nobody notices but the health check")
    func redis() async throws {
        try await Standing.run { standing in
            try await standing.serving { server in
                let account = try await Traffic.run(against: [server.address], as: standing.sign) { traffic in
                    try await traffic.flows()
                    try await standing.redis.crash()
                    try await server.expect("degraded", within: .seconds(10))
                    try await traffic.flows()
                    try await standing.redis.start()
                    try await server.expect("ok", within: .seconds(10))
                    try await traffic.flows()
                }
                #expect(account.answers[503] == nil && account.broken == 0, "\(account.answers)")
                try await standing.expectEachOnce(account)
            }
        }
    }

    @Test("the network to both holds everything back for thirty seconds, and delivers it then")
    func heldBack() async throws {
        try await Standing.run { standing in try await cutForThirtySeconds(standing) }
    }

    @Test(
        "the network to both is cut for thirty seconds, and packets vanish",
        .enabled(if: NetworkNamespace.isPossible, "a network of a test's own takes root to make"))
    func cut() async throws {
        try await NetworkNamespace.run { network in
            try await Standing.run(in: network) { standing in try await cutForThirtySeconds(standing) }
        }
    }

    private func cutForThirtySeconds(_ standing: Standing) async throws {
        try await standing.serving { server in
            let account = try await Traffic.run(against: [server.address], as: standing.sign) { traffic in
                try await traffic.flows()
                try standing.cut()
                try await server.expect("unavailable", within: .seconds(25))
                try await Task.sleep(for: .seconds(25))
                #expect(traffic.soFar.answers[503, default: 0] > 0, "it tells while it lasts")
                try standing.heal()
                let healed = ContinuousClock.now
                try await traffic.flows()
                #expect(ContinuousClock.now - healed < .seconds(15))
                try await server.expect("ok", within: .seconds(15))
            }
            #expect(account.broken == 0)
            #expect(account.longest < .seconds(40), "nobody waits without end")
            try await standing.expectEachOnce(account)
        }
    }

    @Test(
        "PostgreSQL's disk is full",
        .enabled(if: OwnCluster.mayMount, "a disk that is small enough to fill takes root to mount"))
    func disk() async throws {
        try await Standing.run(onDiskOf: 256) { standing in
            try await standing.serving { server in
                let account = try await Traffic.run(against: [server.address], as: standing.sign) { traffic in
                    try await traffic.flows()
                    standing.postgres.fillDisk()
                    let refused = traffic.soFar.answers[503, default: 0]
                    while traffic.soFar.answers[503, default: 0] < refused + 20 {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    try standing.postgres.freeDisk()
                    // It ends itself when it cannot write its log; whoever runs it starts it again.
                    try await standing.postgres.start()
                    try await traffic.flows()
                }
                #expect(account.broken == 0)
                try await standing.expectEachOnce(account)
            }
        }
    }
}
