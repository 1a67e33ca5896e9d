import Foundation

/// A lock on a file (flock), which the kernel drops when this process dies in any way.
///
/// Each instance opens the file anew, so two of them exclude each other within one process just as between
/// two.
package final class FileLock: Sendable {
    package enum Mode: Int32, Sendable {
        case shared, exclusive

        var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let path: String
    private let descriptor: Int32

    /// Opens the file, making it when it is missing. Throws a `LocalServerProblem`.
    package init(_ path: String) throws {
        self.path = path
        // O_CLOEXEC matters: a server that inherited the open file would hold the lock as long as it runs.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            if errno == EACCES, let owner = FileOwner(of: path) {
                throw LocalServerProblem.notOurs(path: path, user: owner.name)
            }
            throw LocalServerProblem.directory(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(descriptor)
    }

    /// True when the lock is held now. When it is false, an earlier hold of this instance may be gone.
    package func tryLock(_ mode: Mode) -> Bool {
        flock(descriptor, mode.operation | LOCK_NB) == 0
    }

    package func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }

    /// Waits for the exclusive lock; calls `waiting` once when that takes longer than a second. False when
    /// the limit passed without it.
    ///
    /// It asks again and again instead of blocking, because a blocked flock would hold a thread of the
    /// cooperative pool and could be neither cancelled nor limited in time.
    package func lockExclusive(within limit: Duration, waiting: () -> Void) async throws -> Bool {
        let clock = ContinuousClock()
        let begin = clock.now
        var told = false
        while !tryLock(.exclusive) {
            let waited = clock.now - begin
            if waited > limit { return false }
            if waited > .seconds(1), !told {
                told = true
                waiting()
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        return true
    }
}
