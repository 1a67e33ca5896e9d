import Foundation
import LocalServers

/// One site's server: creating its files, starting and stopping it.
struct PrivateServer: LocalServer {
    let site: ServerSite
    let binaries: ServerBinaries
    let durable: Bool

    static func find(_ site: ServerSite, binaries: String?, durable: Bool) async throws -> PrivateServer {
        let made = try? String(contentsOfFile: site.data + "/PG_VERSION", encoding: .utf8)
        let major = made.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        let found = try await ServerBinaries.find(in: binaries, major: major, data: site.data)
        return PrivateServer(site: site, binaries: found, durable: durable)
    }

    /// A connection string that says nothing secret: the socket's directory is what guards it.
    func url(role: String, database: String) -> String {
        let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
        let host = site.socketDirectory.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        return "postgresql://\(role)@/\(database)?host=\(host)&port=5432"
    }

    func bringUp(say: (String) -> Void) async throws {
        try await createIfMissing(say: say)
        try await ensureRunning(say: say)
    }

    var isRunning: Bool { runningProcess() != nil }

    func prepare() async throws {
        try await ensureRoles()
    }

    /// Makes the data directory beside its place and renames it when it is whole, so that being killed in the
    /// middle leaves nothing that looks like a database.
    private func createIfMissing(say: (String) -> Void) async throws {
        guard !FileManager.default.fileExists(atPath: site.data + "/PG_VERSION") else { return }
        say("Creating a private PostgreSQL \(binaries.major) in \(site.place).")
        let unfinished = site.data + ".new"
        try? FileManager.default.removeItem(atPath: unfinished)
        try ServerSite.makeDirectory(unfinished, mode: 0o700, owner: site.serverUser)
        let result = try await tool(
            "initdb",
            [
                "-D", "data.new", "-U", ClusterRole.superuser, "--encoding=UTF8", "--locale=C.UTF-8",
                "--auth-local=trust", "--auth-host=reject",
            ] + (durable ? [] : ["--no-sync"]),
            limit: PrivateCluster.Limit.creation)
        guard result.succeeded else { throw PrivateClusterProblem.creationFailed(reason: result.reason) }
        try includeSettings(in: unfinished)
        guard rename(unfinished, site.data) == 0 else {
            throw PrivateClusterProblem.creationFailed(reason: String(cString: strerror(errno)))
        }
    }

    /// Returns when the server takes connections, whether it ran already, recovers, or has to be started.
    private func ensureRunning(say: (String) -> Void) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + PrivateCluster.Limit.start
        while clock.now < deadline {
            if runningProcess() == nil {
                try await start(say: say)
            } else if try await tool("pg_isready", ["-q", "-h", site.socketDirectory, "-p", "5432"]).succeeded
            {
                return
            }
            // It is recovering from a crash, or still stopping because its last user was killed while doing
            // that.
            try await Task.sleep(for: .milliseconds(50))
        }
        throw PrivateClusterProblem.stillRecovering(log: site.log)
    }

    func stop() async throws {
        guard runningProcess() != nil else { return }
        let seconds = PrivateCluster.Limit.stop.components.seconds
        let result = try await tool(
            "pg_ctl", ["stop", "-D", "data", "-m", "fast", "-w", "-t", "\(seconds)"],
            limit: PrivateCluster.Limit.stop + .seconds(10))
        guard result.succeeded || runningProcess() == nil else {
            throw PrivateClusterProblem.stopFailed(data: site.data)
        }
    }

    private var startLog: String { site.log + "/start.log" }

    private func start(say: (String) -> Void) async throws {
        say("Starting the private PostgreSQL \(binaries.major) in \(site.place).")
        try await writeSettings()
        // What it says before its own log opens: one start's worth is enough.
        unlink(startLog)
        let crashed = FileManager.default.fileExists(atPath: site.data + "/postmaster.pid")
        let clock = ContinuousClock()
        // After kill -9 of the postmaster its children hold the shared memory until they notice, and a start
        // before that is refused.
        let patience = clock.now + (crashed ? .seconds(30) : .zero)
        while true {
            let seconds = PrivateCluster.Limit.start.components.seconds
            let result = try await tool(
                "pg_ctl", ["start", "-D", "data", "-l", "log/start.log", "-s", "-w", "-t", "\(seconds)"],
                limit: PrivateCluster.Limit.start + .seconds(10))
            if result.succeeded { return }
            if runningProcess() != nil { throw PrivateClusterProblem.stillRecovering(log: site.log) }
            if clock.now > patience { throw PrivateClusterProblem.startFailed(log: startLog) }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// The postmaster, when it is alive.
    private func runningProcess() -> ServerProcess? {
        ServerProcess(named: "postgres", file: site.data + "/postmaster.pid")
    }

    func tool(
        _ program: String, _ arguments: [String], input: String = "",
        limit: Duration = ServerTool.usualLimit
    ) async throws -> ServerTool.Result {
        // Relative paths in arguments, because pg_ctl builds a shell command from them.
        try await ServerTool(user: site.serverUser)
            .run(binaries.path(program), arguments, in: site.place, input: input, limit: limit)
    }
}

/// The programs of one installed PostgreSQL.
struct ServerBinaries: Sendable {
    let directory: String
    let major: Int

    func path(_ program: String) -> String { directory + "/" + program }

    /// The newest installed, or of the major version that made the data when there are any.
    static func find(in given: String?, major: Int?, data: String) async throws -> ServerBinaries {
        let installed = if let given { [try await at(given)] } else { debian() }
        guard let newest = installed.last else { throw PrivateClusterProblem.notInstalled }
        guard let chosen = major == nil ? newest : installed.last(where: { $0.major == major }) else {
            throw PrivateClusterProblem.otherVersion(
                data: data, made: major ?? 0, installed: installed.map(\.major))
        }
        for program in ["initdb", "pg_ctl", "postgres", "psql", "pg_isready"]
        where !FileManager.default.isExecutableFile(atPath: chosen.path(program)) {
            throw PrivateClusterProblem.incompleteBinaries(directory: chosen.directory, missing: program)
        }
        return chosen
    }

    private static func debian() -> [ServerBinaries] {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap { Int($0) }.sorted()
            .map { ServerBinaries(directory: "\(root)/\($0)/bin", major: $0) }
            // A client package alone leaves a directory without the server.
            .filter { FileManager.default.isExecutableFile(atPath: $0.path("postgres")) }
    }

    private static func at(_ directory: String) async throws -> ServerBinaries {
        let version = try await ServerTool(user: nil).run(directory + "/postgres", ["--version"], in: "/")
        guard version.succeeded,
            let major = version.output.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
        else {
            throw PrivateClusterProblem.incompleteBinaries(directory: directory, missing: "postgres")
        }
        return ServerBinaries(directory: directory, major: major)
    }
}
