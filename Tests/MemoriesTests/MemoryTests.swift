import Kernel
import Memories
import Testing

@Suite("The memory of a process")
struct MemoryTests {
    private static let tenant = TenantID.new()
    private static let first = Edition("first")

    @Test("what was looked up is believed for five seconds from the beginning of the look, and no longer")
    func lifetime() async throws {
        let clock = StandingClock()
        let memory = Memory<String?>(capacity: 10, now: clock.now)
        let slowLook: @Sendable () async throws -> String? = {
            clock.advance(.seconds(2))
            return "old"
        }
        #expect(try await memory.value(of: "a", Self.tenant, slowLook) == "old")
        clock.advance(.milliseconds(2999))
        #expect(try await memory.value(of: "a", Self.tenant) { throw NotAsked() } == "old")
        clock.advance(.milliseconds(1))
        #expect(try await memory.value(of: "a", Self.tenant) { "new" } == "new")
    }

    @Test("that there is nothing is remembered too")
    func nothing() async throws {
        let memory = Memory<String?>(capacity: 10)
        #expect(try await memory.value(of: "a", Self.tenant) { nil } == nil)
        #expect(try await memory.value(of: "a", Self.tenant) { throw NotAsked() } == nil)
    }

    @Test("a look that began before news is not remembered after them, of whomever they are")
    func overtaken() async throws {
        let memory = Memory<String>(capacity: 10)
        let news: [@Sendable () -> Void] = [{ memory.forget() }, { memory.forget(Self.tenant) }]
        for forget in news {
            let stale = try await memory.value(of: "a", Self.tenant) {
                forget()
                return "old"
            }
            #expect(stale == "old")
            #expect(try await memory.value(of: "a", Self.tenant) { "new" } == "new")
            memory.forget()
        }
    }

    @Test("a look that fails is not remembered")
    func failed() async throws {
        let memory = Memory<String>(capacity: 10)
        await #expect(throws: NotAsked.self) {
            try await memory.value(of: "a", Self.tenant) { throw NotAsked() }
        }
        #expect(try await memory.value(of: "a", Self.tenant) { "new" } == "new")
    }

    @Test("what was found in one edition is not believed in another, nor where nobody knows which it is")
    func editions() async throws {
        let memory = Memory<String>(capacity: 10)
        #expect(try await memory.value(of: "a", Self.tenant, in: Self.first) { "one" } == "one")
        #expect(try await memory.value(of: "a", Self.tenant, in: Self.first) { throw NotAsked() } == "one")
        #expect(try await memory.value(of: "a", Self.tenant, in: Edition("second")) { "two" } == "two")
        #expect(try await memory.value(of: "a", Self.tenant) { "three" } == "three")
    }

    @Test("another tenant never gets it, and keeps what is its own when the first one's is forgotten")
    func tenants() async throws {
        let memory = Memory<String>(capacity: 10)
        let other = TenantID.new()
        #expect(try await memory.value(of: "a", Self.tenant) { "ours" } == "ours")
        #expect(try await memory.value(of: "a", other) { "theirs" } == "theirs")
        #expect(try await memory.value(of: "a", nil) { "nobody's" } == "nobody's")
        memory.forget(Self.tenant)
        #expect(try await memory.value(of: "a", other) { throw NotAsked() } == "theirs")
        #expect(try await memory.value(of: "a", nil) { throw NotAsked() } == "nobody's")
        #expect(try await memory.value(of: "a", Self.tenant) { "new" } == "new")
    }

    @Test("whoever invents keys does not fill the memory of the process, whatever the values weigh")
    func bounded() async throws {
        let memory = Memory<String>(capacity: 1000, weigh: \.utf8.count)
        for number in 0..<2000 {
            let value = String(repeating: "x", count: number % 20)
            #expect(try await memory.value(of: "k\(number)", Self.tenant) { value } == value)
            #expect(memory.weight <= 1000)
        }
        let heavy = String(repeating: "x", count: 1001)
        #expect(try await memory.value(of: "heavy", Self.tenant) { heavy } == heavy)
        #expect(memory.weight <= 1000)
        memory.forget(Self.tenant)
        #expect(memory.weight == 0)
    }
}
