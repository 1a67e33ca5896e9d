import Crypto
import Foundation

/// Where a private cluster lives and as whom its server runs.
///
/// Below `place`: `data` (PostgreSQL's), `run` (the socket), `log`, and the two lock files. As root, `place`
/// is `<home>/postgres` or, when the server's user cannot reach that, a directory under /var/lib/mpanel, to
/// which `<home>/postgres` is then a link: the link is what finds the database again when the checkout is
/// moved.
struct ClusterSite: Sendable {
    let place: String
    /// Whom to become before running the server's own programs; nil when we are that user already.
    let serverUser: FileOwner?
    let socketDirectory: String

    var data: String { place + "/data" }
    var log: String { place + "/log" }
    var startLog: String { log + "/start.log" }
    var startLock: String { place + "/start.lock" }
    var usersLock: String { place + "/users.lock" }

    /// Creates the directories. Throws when the place cannot be used by this process.
    static func find(_ cluster: PrivateCluster, say: (String) -> Void) async throws -> ClusterSite {
        try makeDirectory(cluster.home, mode: 0o755, parents: true)
        guard let home = resolved(cluster.home) else {
            throw PrivateClusterProblem.directory(
                path: cluster.home, reason: String(cString: strerror(errno)))
        }
        let link = home + "/postgres"
        guard geteuid() == 0 else {
            try makeDirectory(link, mode: 0o755)
            return try ClusterSite(ready: resolved(link) ?? link, serverUser: nil)
        }
        if let place = resolved(link) {
            // An ordinary user's database: run the server as that user, so that it can go on using it.
            let maker = FileOwner(of: place + "/data")
            guard let user = maker?.userID == 0 ? nil : maker ?? defaultServerUser() else {
                throw PrivateClusterProblem.noServerUser
            }
            guard try await reaches(user, place) else {
                throw PrivateClusterProblem.notReachable(path: place, user: user.name)
            }
            return try ClusterSite(ready: place, serverUser: user)
        }
        guard let user = defaultServerUser() else { throw PrivateClusterProblem.noServerUser }
        if try await reaches(user, home) {
            try makeDirectory(link, mode: 0o755)
        } else {
            let place = "\(cluster.elsewhere)/\(shortHash(home))"
            try makeDirectory(place, mode: 0o755, parents: true)
            guard symlink(place, link) == 0 || errno == EEXIST else {
                throw PrivateClusterProblem.directory(path: link, reason: String(cString: strerror(errno)))
            }
            say("The user `\(user.name)` cannot reach \(home), so the database is in \(place).")
        }
        return try ClusterSite(ready: resolved(link) ?? link, serverUser: user)
    }

    private init(ready place: String, serverUser: FileOwner?) throws {
        self.place = place
        self.serverUser = serverUser
        // A socket's path has at most 107 bytes (struct sockaddr_un), libpq splits it at commas, and quotes
        // would have to survive PostgreSQL's settings: what is not plain gets a directory with a plain name.
        let beside = place + "/run"
        let isPlain = beside.utf8.allSatisfy { $0.isPlainInPath }
        let fits = (beside + "/.s.PGSQL.5432").utf8.count <= 107
        socketDirectory = isPlain && fits ? beside : "/tmp/mpanel-\(ClusterSite.shortHash(place))"
        for directory in [log, socketDirectory] {
            try ClusterSite.makeDirectory(directory, mode: 0o700, owner: serverUser)
        }
        // In /tmp somebody else may have been there first, and `-A trust` rests on this directory alone.
        var status = stat()
        guard lstat(socketDirectory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_mode & 0o077 == 0,
            status.st_uid == serverUser?.userID ?? geteuid()
        else {
            let owner = FileOwner(of: socketDirectory)?.name ?? "somebody else"
            throw PrivateClusterProblem.notOurs(path: socketDirectory, user: owner)
        }
    }

    /// Makes a directory of exactly that mode and owner; one that exists is left as it is.
    static func makeDirectory(
        _ path: String, mode: mode_t, owner: FileOwner? = nil, parents: Bool = false
    ) throws {
        if parents, !FileManager.default.fileExists(atPath: (path as NSString).deletingLastPathComponent),
            path.contains("/")
        {
            try makeDirectory((path as NSString).deletingLastPathComponent, mode: mode, parents: true)
        }
        guard mkdir(path, mode) == 0 else {
            if errno == EEXIST { return }
            throw PrivateClusterProblem.directory(path: path, reason: String(cString: strerror(errno)))
        }
        // The mode that mkdir was given has gone through the umask.
        guard chmod(path, mode) == 0, owner.map({ chown(path, $0.userID, $0.groupID) }) ?? 0 == 0 else {
            throw PrivateClusterProblem.directory(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private static func defaultServerUser() -> FileOwner? {
        FileOwner(named: "postgres") ?? FileOwner(named: "mpanel")
    }

    private static func reaches(_ user: FileOwner, _ directory: String) async throws -> Bool {
        try await ServerTool(user: user).run("test", ["-x", directory], in: "/").succeeded
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func shortHash(_ path: String) -> String {
        SHA256.hash(data: Data(path.utf8)).prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }
}

extension UInt8 {
    /// Letters, digits and what paths commonly hold besides; no spaces, quotes or commas.
    fileprivate var isPlainInPath: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+@~".utf8.contains(self)
        }
    }
}
