import Foundation
import Postgres
import Testing

/// Where the database may live, and what is said when it cannot.
@Suite(.timeLimit(.minutes(5)))
struct PrivateClusterPlaceTests {
    @Test("Started by root, the server runs as an unprivileged user", .enabled(if: geteuid() == 0))
    func rootDropsPrivileges() async throws {
        try await withHome { home in
            let lease = try await home.cluster.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(server)")[.ownerAccountID]
            #expect(owner as? Int != 0)
            await lease.release()
        }
    }

    @Test(
        "When root's home is closed to the server's user, the database goes elsewhere and is found again",
        .enabled(if: geteuid() == 0))
    func closedHome() async throws {
        try await withHome { outer in
            // Only root gets into `closed`; the place beside it is open.
            let closed = outer.path + "/closed"
            try FileManager.default.createDirectory(
                atPath: closed, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            let home = TestHome(path: closed + "/var", elsewhere: outer.path + "/elsewhere")
            let first = try await home.cluster.acquire(say: home.say)
            #expect(try await psql(first.appURL, "SELECT 1") == "1")
            #expect(home.said.contains { $0.contains("cannot reach") && $0.contains("/elsewhere/") })
            #expect(home.place.hasPrefix(outer.path + "/elsewhere/"))
            await first.release()

            // A moved checkout takes the link along.
            let moved = TestHome(path: outer.path + "/moved/var", elsewhere: outer.path + "/elsewhere")
            try FileManager.default.moveItem(atPath: closed, toPath: outer.path + "/moved")
            let second = try await moved.cluster.acquire(say: moved.say)
            #expect(!moved.said.contains { $0.hasPrefix("Creating") })
            await second.release()
        }
    }

    @Test("A home whose path is too long for a unix socket gets a private socket directory of its own")
    func longPath() async throws {
        try await withHome { outer in
            let deep = outer.path + "/" + String(repeating: "long-name/", count: 9) + "end"
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            let home = TestHome(path: deep, elsewhere: outer.path + "/elsewhere")
            let lease = try await home.cluster.acquire(say: home.say)
            #expect(try await psql(lease.appURL, "SELECT 1") == "1")
            #expect(lease.appURL.contains("host=%2Ftmp%2Fmpanel-"))
            await lease.release()
            try home.removeSocketDirectory()
        }
    }

    @Test("Spaces, quotes and signs in the home's path are taken as they are")
    func oddPath() async throws {
        try await withHome { outer in
            let home = TestHome(
                path: outer.path + "/o'dd \"$HOME\" `id`, ü", elsewhere: outer.path + "/elsewhere")
            let lease = try await home.cluster.acquire(say: home.say)
            #expect(try await psql(lease.appURL, "SELECT 1") == "1")
            await lease.release()
            try home.removeSocketDirectory()
        }
    }

    @Test("A database of another major version is refused with the package that is needed")
    func otherVersion() async throws {
        try await withHome { home in
            try FileManager.default.createDirectory(
                atPath: home.path + "/postgres/data", withIntermediateDirectories: true)
            try "9\n".write(
                toFile: home.path + "/postgres/data/PG_VERSION", atomically: true, encoding: .utf8)
            if geteuid() == 0, let user = getpwnam("postgres") {
                chown(home.path + "/postgres/data", user.pointee.pw_uid, user.pointee.pw_gid)
            }
            let problem = await #expect(throws: PrivateClusterProblem.self) {
                try await home.cluster.acquire(say: home.say)
            }
            #expect("\(problem as Any)".contains("apt-get install postgresql-9"))
        }
    }

    @Test("A directory without PostgreSQL's programs is refused by name")
    func missingPrograms() async throws {
        try await withHome { home in
            let cluster = PrivateCluster(home: home.path, binaries: "/nonexistent")
            await #expect(
                throws: PrivateClusterProblem.incompleteBinaries(
                    directory: "/nonexistent", missing: "postgres")
            ) {
                try await cluster.acquire(say: home.say)
            }
        }
    }

    @Test("A server that cannot start says where its log is, and nothing of what is in it")
    func brokenStart() async throws {
        try await withHome { home in
            let lease = try await home.cluster.acquire(say: home.say)
            await lease.release()
            let settings = home.place + "/data/postgresql.conf"
            let file = try #require(FileHandle(forUpdatingAtPath: settings))
            try file.seekToEnd()
            try file.write(contentsOf: Data("no_such_setting = 1\n".utf8))
            try file.close()
            await #expect(throws: PrivateClusterProblem.startFailed(log: home.place + "/log/start.log")) {
                try await home.cluster.acquire(say: home.say)
            }
            // The failure let go of its locks: a repaired database starts.
            let text = try String(contentsOfFile: settings, encoding: .utf8)
            try text.replacingOccurrences(of: "no_such_setting", with: "#").write(
                toFile: settings, atomically: false, encoding: .utf8)
            let next = try await home.cluster.acquire(say: home.say)
            await next.release()
        }
    }
}
