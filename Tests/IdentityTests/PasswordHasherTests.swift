import Dispatch
import Kernel
import Testing

@testable import Identity

struct PasswordHasherTests {
    private let password = Password("correct horse")!  // 13 bytes

    @Test("what it hashes it verifies, and nothing else")
    func roundTrip() async throws {
        let hasher = PasswordHasher(cost: 4)
        let hash = try await hasher.hash(password)
        #expect(try await hasher.verify(password, against: hash))
        let other = try #require(Password("correct house"))
        #expect(try await !hasher.verify(other, against: hash))
        #expect(try await !hasher.verify(password, against: nil))
    }

    @Test("to say no without a hash takes about as long as to compare with one")
    func time() async throws {
        let hasher = PasswordHasher(cost: 9)
        let hash = try await hasher.hash(password)
        func shortest(_ hash: PasswordHash?) async throws -> Duration {
            var times: [Duration] = []
            for _ in 0..<3 {
                let start = ContinuousClock.now
                _ = try await hasher.verify(password, against: hash)
                times.append(ContinuousClock.now - start)
            }
            return try #require(times.min())
        }
        let (with, without) = (try await shortest(hash), try await shortest(nil))
        // Generous, for a busy machine: leaving the hash out would make it a thousand times shorter.
        #expect(without > with / 5)
    }

    @Test("of two processors it leaves half of one to others")
    func rest() async throws {
        let hasher = PasswordHasher(cost: 8, processors: 2)
        var shortest = Duration.seconds(60)
        for _ in 0..<3 {
            let start = ContinuousClock.now
            _ = PasswordHash(of: password, cost: 8)
            shortest = min(shortest, ContinuousClock.now - start)
        }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await hasher.hash(password) } }
            try await group.waitForAll()
        }
        // Four hashes and the three rests between them, less what a single measurement may be off.
        #expect(ContinuousClock.now - start > shortest * 5.5)
    }

    @Test("with too many waiting it refuses, and takes new ones once they are through")
    func limit() async throws {
        let hasher = PasswordHasher(cost: 4, mostWaiting: 2)
        hasher.queue.suspend()
        let accepted = (0..<3).map { _ in Task { try await hasher.hash(password) } }
        while hasher.underWay < 3 { await Task.yield() }
        await #expect(throws: Problem.unavailable) { try await hasher.hash(password) }
        await #expect(throws: Problem.unavailable) { try await hasher.verify(password, against: nil) }
        hasher.queue.resume()
        for task in accepted { #expect(try await task.value.matches(password)) }
        #expect(try await hasher.hash(password).matches(password))
        #expect(hasher.underWay == 0)
    }
}
