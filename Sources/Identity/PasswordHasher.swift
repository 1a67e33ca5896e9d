import Dispatch
import Foundation
import Kernel
import Synchronization

/// Hashes and compares passwords one after another on a thread of its own: bcrypt is slow by intent, and
/// would hold up everything else on Swift's small pool of threads. It rests between them, so that a storm of
/// sign-ins takes a quarter of a machine's processors at the most, and the others who use it hardly notice.
package final class PasswordHasher: Sendable {
    private let cost: Int
    private let mostWaiting: Int
    let queue = DispatchQueue(label: "mpanel.passwords")
    /// How long it rests after a hash, as a multiple of what that took: on two processors as long.
    private let rest: Double
    private let accepted = Mutex(0)

    /// `cost` is bcrypt's, 4…31: each step doubles the time, 10 takes 66 ms. Beyond `mostWaiting` others it
    /// refuses.
    package init(
        cost: Int = 10, mostWaiting: Int = 64,
        processors: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        precondition(PasswordHash.costs.contains(cost), "bcrypt has no cost of \(cost)")
        self.cost = cost
        self.mostWaiting = mostWaiting
        rest = max(0, 4 / Double(processors) - 1)
    }

    /// Throws `unavailable` when too many wait.
    func hash(_ password: Password) async throws -> PasswordHash {
        let hash = try await inTurn { [cost] in PasswordHash(of: password, cost: cost) }
        guard let hash else { throw Problem.unavailable }
        return hash
    }

    /// Whether the password is the one that was hashed. Without a hash it is not, which takes as long to say.
    /// Throws `unavailable` when too many wait.
    func verify(_ password: Password, against hash: PasswordHash?) async throws -> Bool {
        try await inTurn { [cost] in
            if let hash { return hash.matches(password) }
            _ = PasswordHash(of: password, cost: cost)
            return false
        }
    }

    /// How many are being hashed or wait for it.
    var underWay: Int { accepted.withLock { $0 } }

    private func inTurn<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        let hasRoom = accepted.withLock { count in
            // The one that is being hashed does not wait.
            guard count <= mostWaiting else { return false }
            count += 1
            return true
        }
        guard hasRoom else { throw Problem.unavailable }
        defer { accepted.withLock { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            queue.async { [rest] in
                let began = ContinuousClock.now
                continuation.resume(returning: work())
                Thread.sleep(
                    forTimeInterval: (ContinuousClock.now - began) / .seconds(1) * rest)
            }
        }
    }
}
