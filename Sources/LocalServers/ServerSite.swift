import Crypto
package import Foundation

/// Where a private server lives and as whom it runs.
///
/// Below `place`: `data` (the server's own), `run` (the socket), `log`, and the two lock files. As root,
/// `place` is the server's folder in the home or, when the server's user cannot reach that, a directory under
/// /var/lib/mpanel, to which the folder in the home is then a link: the link is what finds the data again
/// when the checkout is moved.
package struct ServerSite: Sendable {
    /// The server's name, for sentences.
    let server: String
    package let place: String
    /// Whom to become before running the server's own programs; nil when we are that user already.
    package let serverUser: FileOwner?
    /// Plain enough and short enough for a socket's path; nobody but the server's user and root gets in.
    package let socketDirectory: String

    package var data: String { place + "/data" }
    package var log: String { place + "/log" }
    package var startLock: String { place + "/start.lock" }
    package var usersLock: String { place + "/users.lock" }

    /// Creates the directories. Throws a `LocalServerProblem` when the place cannot be used by this process.
    /// `home` is created when it is missing; `elsewhere` is for what cannot be in a home.
    package static func find(
        _ profile: ServerProfile, home given: String, elsewhere: String, say: (String) -> Void
    ) async throws -> ServerSite {
        try makeDirectory(given, mode: 0o755, parents: true)
        guard let home = resolved(given) else {
            throw LocalServerProblem.directory(path: given, reason: String(cString: strerror(errno)))
        }
        let link = "\(home)/\(profile.folder)"
        guard geteuid() == 0 else {
            try makeDirectory(link, mode: 0o755)
            return try ServerSite(profile, ready: resolved(link) ?? link, serverUser: nil)
        }
        if let place = resolved(link) {
            // An ordinary user's data: run the server as that user, so that it can go on using it.
            let maker = FileOwner(of: place + "/data")
            if maker?.userID == 0 {
                throw LocalServerProblem.noServerUser(server: profile.name, users: profile.users)
            }
            let user = try maker ?? defaultUser(profile)
            guard try await reaches(user, place) else {
                throw LocalServerProblem.notReachable(server: profile.name, path: place, user: user.name)
            }
            return try ServerSite(profile, ready: place, serverUser: user)
        }
        let user = try defaultUser(profile)
        if try await reaches(user, home) {
            try makeDirectory(link, mode: 0o755)
        } else {
            let place = "\(elsewhere)/\(shortHash(home))\(profile.suffix)"
            try makeDirectory(place, mode: 0o755, parents: true)
            guard symlink(place, link) == 0 || errno == EEXIST else {
                throw LocalServerProblem.directory(path: link, reason: String(cString: strerror(errno)))
            }
            say("The user `\(user.name)` cannot reach \(home), so \(profile.name) has its data in \(place).")
        }
        return try ServerSite(profile, ready: resolved(link) ?? link, serverUser: user)
    }

    private init(_ profile: ServerProfile, ready place: String, serverUser: FileOwner?) throws {
        server = profile.name
        self.place = place
        self.serverUser = serverUser
        // A socket's path has at most 107 bytes (struct sockaddr_un), libpq splits it at commas, and quotes
        // would have to survive the server's settings: what is not plain gets a directory with a plain name.
        let beside = place + "/run"
        let isPlain = beside.utf8.allSatisfy { $0.isPlainInPath }
        let fits = "\(beside)/\(profile.socket)".utf8.count <= 107
        socketDirectory = isPlain && fits ? beside : "/tmp/mpanel-\(ServerSite.shortHash(place))"
        for directory in [log, socketDirectory] {
            try ServerSite.makeDirectory(directory, mode: 0o700, owner: serverUser)
        }
        // In /tmp somebody else may have been there first, and trust rests on this directory alone.
        var status = stat()
        guard lstat(socketDirectory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_mode & 0o077 == 0,
            status.st_uid == serverUser?.userID ?? geteuid()
        else {
            let owner = FileOwner(of: socketDirectory)?.name ?? "somebody else"
            throw LocalServerProblem.notOurs(path: socketDirectory, user: owner)
        }
    }

    /// Makes a directory of exactly that mode and owner; one that exists is left as it is. It is made beside
    /// its place and moved there when it is right: another process that starts now must not find it still
    /// belonging to root.
    package static func makeDirectory(
        _ path: String, mode: mode_t, owner: FileOwner? = nil, parents: Bool = false
    ) throws {
        if parents, !FileManager.default.fileExists(atPath: (path as NSString).deletingLastPathComponent),
            path.contains("/")
        {
            try makeDirectory((path as NSString).deletingLastPathComponent, mode: mode, parents: true)
        }
        if FileManager.default.fileExists(atPath: path) { return }
        let unfinished = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max))"
        // The mode that mkdir was given has gone through the umask.
        let isMade =
            mkdir(unfinished, mode) == 0 && chmod(unfinished, mode) == 0
            && owner.map { chown(unfinished, $0.userID, $0.groupID) } ?? 0 == 0
            && rename(unfinished, path) == 0
        if !isMade {
            let error = errno
            rmdir(unfinished)
            // Somebody was quicker, and has put something into it. While it was empty it has been replaced.
            if error == EEXIST || error == ENOTEMPTY { return }
            throw LocalServerProblem.directory(path: path, reason: String(cString: strerror(error)))
        }
    }

    private static func defaultUser(_ profile: ServerProfile) throws -> FileOwner {
        for name in profile.users {
            if let user = FileOwner(named: name) { return user }
        }
        throw LocalServerProblem.noServerUser(server: profile.name, users: profile.users)
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
