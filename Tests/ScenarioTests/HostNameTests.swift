import HTTPTypes
import Kernel
import Logging
import MPanelServer
import Platform
import ServiceLifecycle
import Tenancy
import TestKit
import Testing

@Suite("Host names that are remembered")
struct HostNameTests {
    @Test("a process that remembers that a host name leads nowhere hears at once that it leads somewhere now")
    func news() async throws {
        try await TestServer.run { server in
            let company = try await Company(.monthly(from: "2026-11-15"), on: server)
            let host = try #require(HostName("billing.acme.example"))
            let other = try TestServer.installation(on: server.database)
            // The other process remembers; ours gives the name and delivers the event.
            let services: [any Service] = [other.broadcast, server.installation.dispatcher()]
            let group = ServiceGroup(
                configuration: .init(services: services.map { .init(service: $0) }, logger: .silent))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                #expect(try await other.tenants.find(host: host, slug: nil) == nil)
                try await server.installation.tenants.add(
                    hostName: host, by: Actor(.operatorCommand, role: .owner, scope: company.scope))
                let began = ContinuousClock.now
                while try await other.tenants.find(host: host, slug: nil) == nil {
                    try await Task.sleep(for: .milliseconds(2))
                }
                // Without news it would take five.
                #expect(ContinuousClock.now - began < .seconds(3))
                #expect(try await other.tenants.find(host: host, slug: nil) == company.scope.tenant)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            await other.shutDown()
        }
    }
}
