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
