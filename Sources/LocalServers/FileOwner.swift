package import Foundation

/// Who owns a file.
package struct FileOwner: Equatable, Sendable {
    package let userID: uid_t
    package let groupID: gid_t
    /// Nil when the user is not in the password database, as happens in containers.
    package let knownName: String?

    /// The name, or the number of a user that has none.
    package var name: String { knownName ?? String(userID) }

    /// Nil when there is no such file; a link is not followed.
    package init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        userID = status.st_uid
        groupID = status.st_gid
        knownName = FileOwner.entry { getpwuid_r(status.st_uid, $0, $1, $2, $3) }?.name
    }

    /// Nil when there is no such user.
    package init?(named name: String) {
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
