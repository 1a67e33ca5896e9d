import Kernel
import Synchronization
import Testing

@testable import Tenancy

@Suite("The memory of host names")
struct HostMemoryTests {
    private static let host = HostName("billing.acme.example")!
    private static let tenant = TenantID.new()

    @Test("what was looked up is believed for five seconds from the beginning of the look, and no longer")
    func lifetime() async throws {
        let clock = StandingClock()
        let memory = HostMemory(now: clock.now)
        let slowLook: @Sendable () async throws -> TenantID? = {
            clock.advance(.seconds(2))
            return Self.tenant
        }
        #expect(try await memory.tenant(of: Self.host, slowLook) == Self.tenant)
        clock.advance(.milliseconds(2999))
        #expect(try await memory.tenant(of: Self.host) { throw NotAsked() } == Self.tenant)
        clock.advance(.milliseconds(1))
        #expect(try await memory.tenant(of: Self.host) { nil } == nil)
    }

    @Test("that a host name leads nowhere is remembered too")
    func nowhere() async throws {
        let memory = HostMemory()
        #expect(try await memory.tenant(of: Self.host) { nil } == nil)
        #expect(try await memory.tenant(of: Self.host) { throw NotAsked() } == nil)
    }

    @Test("a look that began before news is not remembered after them")
    func overtaken() async throws {
        let memory = HostMemory()
        let stale = try await memory.tenant(of: Self.host) {
            memory.forget()
            return nil
        }
        #expect(stale == nil)
        #expect(try await memory.tenant(of: Self.host) { Self.tenant } == Self.tenant)
    }

    @Test("a look that fails is not remembered")
    func failed() async throws {
        let memory = HostMemory()
        await #expect(throws: NotAsked.self) {
            try await memory.tenant(of: Self.host) { throw NotAsked() }
        }
        #expect(try await memory.tenant(of: Self.host) { Self.tenant } == Self.tenant)
    }

    @Test("whoever invents host names does not fill the memory of the process")
    func bounded() async throws {
        let memory = HostMemory()
        for number in 0..<2 * HostMemory.capacity {
            let host = try #require(HostName("h\(number).example"))
            #expect(try await memory.tenant(of: host) { nil } == nil)
            #expect(memory.count <= HostMemory.capacity)
        }
    }
}

private struct NotAsked: Error {}

/// Stands still until it is moved.
private final class StandingClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: @Sendable () -> ContinuousClock.Instant {
        { self.time.withLock { $0 } }
    }

    func advance(_ duration: Duration) {
        time.withLock { $0 += duration }
    }
}
