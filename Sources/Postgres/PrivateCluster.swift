import LocalServers

/// A private PostgreSQL under a home directory, reached by unix socket only, shared by every `mpanel` process
/// of that home and alive while at least one of them holds a `Lease`.
/// `ServerHold` tells how.
package struct PrivateCluster: Sendable {
    /// How long each step may take before it is given up.
    enum Limit {
        static let creation = Duration.seconds(120)
        /// Recovery after a crash replays at most `max_wal_size` of log.
        static let start = Duration.seconds(300)
        static let stop = Duration.seconds(60)
    }

    private static let profile = ServerProfile(
        name: "PostgreSQL", folder: "postgres", users: ["postgres", "mpanel"], socket: ".s.PGSQL.5432",
        suffix: "")

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
    /// lease is released or this process ends. Throws a `PrivateClusterProblem` or a `LocalServerProblem`,
    /// each of which says what to do next. `say` hears one sentence for each step that takes a while.
    package func acquire(say: @escaping @Sendable (String) -> Void) async throws -> Lease {
        let site = try await ServerSite.find(
            PrivateCluster.profile, home: home, elsewhere: elsewhere, say: say)
        let hold = try await ServerHold.take(on: site, say: say) {
            try await PrivateServer.find(site, binaries: binaries, durable: durable)
        }
        return Lease(hold)
    }

    /// One process's hold on the running server.
    package struct Lease: Sendable {
        /// For migrations only: owns the tables, but is no superuser, so row-level security binds it too.
        package let ownerURL: String
        /// For requests: sees the rows of the tenant that is set, and of no other.
        package let appURL: String
        /// For routing across tenants: sees a short list of tables.
        package let systemURL: String
        /// For creating databases and for tests. Bypasses row-level security: the server never uses it.
        package let superuserURL: String

        private let hold: ServerHold<PrivateServer>

        init(_ hold: ServerHold<PrivateServer>) {
            let server = hold.server
            ownerURL = server.url(role: ClusterRole.owner, database: ClusterRole.database)
            appURL = server.url(role: ClusterRole.app, database: ClusterRole.database)
            systemURL = server.url(role: ClusterRole.system, database: ClusterRole.database)
            superuserURL = server.url(role: ClusterRole.superuser, database: "postgres")
            self.hold = hold
        }

        /// Starts the server if it died, and returns whether it had to. Throws as `acquire` does.
        package func revive() async throws -> Bool {
            try await hold.revive()
        }

        /// Lets go, and stops the server when nobody else uses it. Close all connections first: those still
        /// open are broken off. Calling it again does nothing.
        package func release() async {
            await hold.release()
        }
    }
}
