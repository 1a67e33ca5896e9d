import Foundation

/// A lock on a file (flock), which the kernel drops when this process dies in any way.
///
/// Each instance opens the file anew, so two of them exclude each other within one process just as between
/// two.
final class FileLock: Sendable {
    enum Mode: Int32 {
        case shared, exclusive

        var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        // O_CLOEXEC matters: a server that inherited the open file would hold the lock as long as it runs.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            if errno == EACCES, let owner = FileOwner(of: path) {
                throw PrivateClusterProblem.notOurs(path: path, user: owner.name)
            }
            throw PrivateClusterProblem.directory(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(descriptor)
    }

    /// True when the lock is held now. When it is false, an earlier hold of this instance may be gone.
    func tryLock(_ mode: Mode) -> Bool {
        flock(descriptor, mode.operation | LOCK_NB) == 0
    }

    func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }

    /// Waits for the exclusive lock; calls `waiting` once when that takes longer than a second.
    ///
    /// It asks again and again instead of blocking, because a blocked flock would hold a thread of the
    /// cooperative pool and could be neither cancelled nor limited in time.
    func exclusive(within limit: Duration, waiting: () -> Void) async throws -> FileLock {
        let clock = ContinuousClock()
        let begin = clock.now
        var told = false
        while !tryLock(.exclusive) {
            let waited = clock.now - begin
            if waited > limit { throw PrivateClusterProblem.busy(lock: path) }
            if waited > .seconds(1), !told {
                told = true
                waiting()
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        return self
    }
}

/// Who owns a file.
struct FileOwner: Equatable, Sendable {
    let userID: uid_t
    let groupID: gid_t
    /// Nil when the user is not in the password database, as happens in containers.
    let knownName: String?

    var name: String { knownName ?? String(userID) }

    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        userID = status.st_uid
        groupID = status.st_gid
        knownName = FileOwner.entry { getpwuid_r(status.st_uid, $0, $1, $2, $3) }?.name
    }

    init?(named name: String) {
        guard let found = FileOwner.entry({ getpwnam_r(name, $0, $1, $2, $3) }) else { return nil }
        userID = found.user
        groupID = found.group
        knownName = name
    }

    private typealias Lookup = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func entry(_ lookup: Lookup) -> (name: String, user: uid_t, group: gid_t)? {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // The entry's strings live in the buffer, so all is read before it goes.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard let start = buffer.baseAddress, lookup(&record, start, buffer.count, &found) == 0,
                found != nil
            else { return nil }
            return (String(cString: record.pw_name), record.pw_uid, record.pw_gid)
        }
    }
}
