/// A private PostgreSQL under a home directory, reached by unix socket only, shared by every `mpanel` process
/// of that home and alive while at least one of them holds a `Lease`.
///
/// The server is a daemon, not a child: `kill -9` of its users leaves it running, and the next one adopts it.
///
/// Who is using it is told by two file locks, which the kernel drops when a process dies:
/// - `users.lock`: every user holds it shared for as long as it uses the server;
/// - `start.lock`: whoever comes or goes holds it exclusively while doing so.
///
/// The one who leaves tries to make its hold on `users.lock` exclusive. It succeeds only when nobody else is
/// there, and then stops the server. The race to fear is "the last one out stops what the next one in has
/// just found running". It cannot happen, because both coming (take `users.lock`, look for the server) and
/// going (try for the exclusive hold, stop the server) happen as a whole under `start.lock`. For the same
/// reason it does no harm that turning a shared flock into an exclusive one lets go of the old one for a
/// moment.
package struct PrivateCluster: Sendable {
    /// How long each step may take before it is given up.
    enum Limit {
        /// Waiting while another process creates, recovers or stops the server.
        static let turn = Duration.seconds(420)
        static let tool = Duration.seconds(60)
        static let creation = Duration.seconds(120)
        /// Recovery after a crash replays at most `max_wal_size` of log.
        static let start = Duration.seconds(300)
        static let stop = Duration.seconds(60)
    }

    let home: String
    let binaries: String?
    let durable: Bool
    let elsewhere: String

    /// `home` is created when it is missing. `binaries` is the directory of `pg_ctl`; nil takes Debian's
    /// newest. `durable: false` trades crash safety for speed and is for tests only. `elsewhere` is where the
    /// database goes when root runs MPanel in a home that the unprivileged server user cannot reach.
    package init(
        home: String, binaries: String? = nil, durable: Bool = true, elsewhere: String = "/var/lib/mpanel"
    ) {
        self.home = home
        self.binaries = binaries
        self.durable = durable
        self.elsewhere = elsewhere
    }

    /// Finds the server running or starts it, creating the database on first use, and holds it until the
    /// lease is released or this process ends. Throws a `PrivateClusterProblem` that says what to do next.
    /// `say` hears one sentence for each step that takes a while.
    package func acquire(say: @escaping @Sendable (String) -> Void) async throws -> Lease {
        let site = try await ClusterSite.find(self, say: say)
        let turn = try await FileLock(site.startLock).exclusive(within: Limit.turn) {
            say("Waiting for another mpanel process to finish starting or stopping the database.")
        }
        defer { turn.unlock() }
        let users = try FileLock(site.usersLock)
        guard users.tryLock(.shared) else { throw PrivateClusterProblem.lockBroken(path: site.usersLock) }

        let server = try await PrivateServer.find(site, binaries: binaries, durable: durable)
        try await server.createIfMissing(say: say)
        try await server.ensureRunning(say: say)
        do {
            try await server.ensureRoles()
        } catch {
            if users.tryLock(.exclusive) { try? await server.stop() }
            throw error
        }
        return Lease(server: server, users: users, say: say)
    }

    /// One process's hold on the running server.
    package actor Lease {
        /// For migrations only: owns the tables, but is no superuser, so row-level security binds it too.
        package nonisolated let ownerURL: String
        /// For requests: sees the rows of the tenant that is set, and of no other.
        package nonisolated let appURL: String
        /// For routing across tenants: sees a short list of tables.
        package nonisolated let systemURL: String
        /// For creating databases and for tests. Bypasses row-level security: the server never uses it.
        package nonisolated let superuserURL: String

        private let server: PrivateServer
        private let say: @Sendable (String) -> Void
        /// Nil once released. When a lease is dropped without that, the lock goes and the server stays.
        private var users: FileLock?

        init(server: PrivateServer, users: FileLock, say: @escaping @Sendable (String) -> Void) {
            ownerURL = server.url(role: ClusterRole.owner, database: ClusterRole.database)
            appURL = server.url(role: ClusterRole.app, database: ClusterRole.database)
            systemURL = server.url(role: ClusterRole.system, database: ClusterRole.database)
            superuserURL = server.url(role: ClusterRole.superuser, database: "postgres")
            self.server = server
            self.users = users
            self.say = say
        }

        /// Lets go, and stops the server when nobody else uses it. Close all connections first: those still
        /// open are broken off. Calling it again does nothing.
        package func release() async {
            guard let users else { return }
            self.users = nil
            let (server, say) = (server, say)
            // A task of its own, because a shutting-down process calls this from a cancelled one, in which
            // neither waiting for the lock nor running pg_ctl would work.
            await Task {
                do {
                    let turn = try await FileLock(server.site.startLock).exclusive(within: Limit.turn) {}
                    defer { turn.unlock() }
                    guard users.tryLock(.exclusive) else { return users.unlock() }
                    try await server.stop()
                } catch {
                    say("\(error)")
                }
                users.unlock()
            }.value
        }
    }
}
