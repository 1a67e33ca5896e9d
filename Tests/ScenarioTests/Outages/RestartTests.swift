import Foundation
import HTTPTypes
import Postgres
import TestKit
import Testing
import Web

/// Servers end and begin under load.
@Suite("Restarts under load", .serialized, .timeLimit(.minutes(5)))
struct RestartTests {
    @Test("two servers behind a balancer are restarted one after the other, and no request is lost")
    func rolling() async throws {
        try await Standing.run { standing in
            let fleet = Fleet()
            defer { fleet.killAll() }
            let first = try await fleet.launch(on: standing)
            let second = try await fleet.launch(on: standing)
            let addresses = [first.address, second.address]
            let account = try await Traffic.run(against: addresses, as: standing.sign) { traffic in
                for server in [first, second] {
                    try await traffic.flows()
                    #expect(try await server.stop() < .seconds(10))
                    try await traffic.flows()
                    _ = try await fleet.launch(on: standing, port: server.port)
                }
                try await traffic.flows()
            }
            #expect(account.answers[503] == nil, "\(account.answers)")
            #expect(account.lostAnswers == 0, "what a server had begun it answered")
            try await standing.expectEachOnce(account)
        }
    }

    @Test("a request that is under way when SIGTERM comes is answered, and then the server ends")
    func underWay() async throws {
        try await Standing.run { standing in
            try await standing.serving { server in
                let client = try await ServerClient.signedIn(standing.sign, at: server.address)
                let url = server.address + "/v1/customers"
                let made = try await client.send(.post, url, Standing.customer("slow"))
                let id = try #require(made.json["id"].text)
                let admin = try await Connection.open(PostgresSettings(url: standing.database.superuserURL))
                try await admin.execute(script: "BEGIN; SELECT 1 FROM customers FOR UPDATE")
                async let answer = client.send(.patch, "\(url)/\(id)", ["name": "late"])
                // By then it waits for the lock.
                try await Task.sleep(for: .milliseconds(700))
                server.process.terminate()
                try await Task.sleep(for: .milliseconds(700))
                #expect(server.process.isRunning)
                try await admin.execute(script: "COMMIT")
                let renamed = try await answer
                #expect(renamed.status == 200 && renamed.json["name"] == "late")
            }
        }
    }
}
