import LocalServers

/// A private Redis under a home directory, reached by unix socket only, shared by every `mpanel` process of
/// that home and alive while at least one of them holds a `Lease`. `ServerHold` tells how.
package struct PrivateRedis: Sendable {
    /// How long each step may take before it is given up.
    enum Limit {
        /// From the end of `redis-server`, whose child goes on alone, until that child says who it is.
        static let birth = Duration.seconds(10)
        /// Reading the data: 256 MB take a few seconds on a slow disk.
        static let start = Duration.seconds(120)
        static let stop = Duration.seconds(60)
    }

    private static let profile = ServerProfile(
        name: "Redis", folder: "redis", users: ["redis", "postgres", "mpanel"],
        socket: PrivateRedisServer.socket, suffix: "-redis")

    private let home: String
    private let binaries: String?
    private let elsewhere: String

    /// `home` is created when it is missing. `binaries` is the directory of `redis-server`; nil looks where
    /// systems put it. `elsewhere` is where the data go when root runs MPanel in a home that the
    /// unprivileged server user cannot reach.
    package init(home: String, binaries: String? = nil, elsewhere: String = "/var/lib/mpanel") {
        self.home = home
        self.binaries = binaries
        self.elsewhere = elsewhere
    }

    /// Finds the server running or starts it, and holds it until the lease is released or this process ends.
    /// Throws a `PrivateRedisProblem` or a `LocalServerProblem`, each of which says what to do next. `say`
    /// hears one sentence for each step that takes a while.
    package func acquire(say: @escaping @Sendable (String) -> Void) async throws -> Lease {
        let program = try PrivateRedisServer.program(in: binaries)
        let site = try await ServerSite.find(PrivateRedis.profile, home: home, elsewhere: elsewhere, say: say)
        return Lease(
            try await ServerHold.take(on: site, say: say) {
                PrivateRedisServer(site: site, program: program)
            })
    }

    /// One process's hold on the running server.
    package struct Lease: Sendable {
        /// For `RedisSettings`. It says nothing secret: the socket's directory is what guards the server.
        package let url: String

        private let hold: ServerHold<PrivateRedisServer>

        init(_ hold: ServerHold<PrivateRedisServer>) {
            url = hold.server.url
            self.hold = hold
        }

        /// Starts the server if it died, and returns whether it had to. Throws as `acquire` does.
        package func revive() async throws -> Bool {
            try await hold.revive()
        }

        /// Lets go, and stops the server when nobody else uses it. Shut the pools down first: connections
        /// still open are broken off. Calling it again does nothing.
        package func release() async {
            await hold.release()
        }
    }
}

/// Why the private Redis is not available: each is a sentence that says what to do next.
package enum PrivateRedisProblem: Error, Equatable, CustomStringConvertible {
    case notInstalled
    case missingProgram(directory: String)
    case startFailed(log: String)
    case startRefused(reason: String)
    case stillLoading(log: String)
    case stopFailed(process: Int)

    package var description: String {
        switch self {
        case .notInstalled:
            "Redis is not installed. Run `apt-get install redis-server`, or set MPANEL_REDIS_BIN to the "
                + "directory of redis-server, or MPANEL_REDIS_URL to a Redis of yours."
        case .missingProgram(let directory):
            "There is no `redis-server` in \(directory). Install it with `apt-get install redis-server`, or "
                + "name the directory that it is in."
        case .startFailed(let log):
            "Redis did not start. It says why in \(log)."
        case .startRefused(let reason):
            "Redis did not start: \(reason). Mend the cause and run the command again."
        case .stillLoading(let log):
            "Redis runs but does not answer yet. Follow it in \(log) and try again later."
        case .stopFailed(let process):
            "Redis did not stop within its time limit and keeps running; the next mpanel command takes it "
                + "over. To stop it by hand: kill \(process)."
        }
    }
}
