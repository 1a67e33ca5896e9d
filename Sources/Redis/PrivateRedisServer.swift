import Foundation
import LocalServers

/// One site's server: starting and stopping it.
struct PrivateRedisServer: LocalServer {
    static let socket = "redis.sock"

    let site: ServerSite
    /// The path of `redis-server`.
    let program: String

    /// Throws a `PrivateRedisProblem` that says what to install.
    static func program(in given: String?) throws -> String {
        for directory in given.map({ [$0] }) ?? ["/usr/bin", "/usr/local/bin"] {
            let path = directory + "/redis-server"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw given.map { PrivateRedisProblem.missingProgram(directory: $0) }
            ?? PrivateRedisProblem.notInstalled
    }

    var url: String { "unix://\(socketPath)" }

    private var socketPath: String { "\(site.socketDirectory)/\(PrivateRedisServer.socket)" }
    private var processFile: String { site.data + "/redis.pid" }
    private var log: String { site.log + "/redis.log" }

    func bringUp(say: (String) -> Void) async throws {
        try ServerSite.makeDirectory(site.data, mode: 0o700, owner: site.serverUser)
        let deadline = ContinuousClock.now + PrivateRedis.Limit.start
        var isOurs = false
        while ContinuousClock.now < deadline {
            if runningProcess() == nil {
                // One that was found stopping, because its last user was killed while doing that, is started
                // anew; one that we started and that is gone would only go again.
                if isOurs { throw PrivateRedisProblem.startFailed(log: log) }
                try await start(say: say)
                isOurs = true
            } else if try await answers() {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw PrivateRedisProblem.stillLoading(log: log)
    }

    var isRunning: Bool { runningProcess() != nil }

    /// Nothing: there are no roles, and whoever gets to the socket may do everything.
    func prepare() {}

    func stop() async throws {
        guard let process = runningProcess() else { return }
        // Redis writes out what it has not yet and ends: SIGTERM is its orderly way.
        kill(process.id, SIGTERM)
        let deadline = ContinuousClock.now + PrivateRedis.Limit.stop
        while runningProcess() == process {
            guard ContinuousClock.now < deadline else {
                throw PrivateRedisProblem.stopFailed(process: Int(process.id))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Returns when there is a process; it may not answer yet.
    private func start(say: (String) -> Void) async throws {
        say("Starting the private Redis in \(site.place).")
        try writeSettings()
        // Redis appends for ever; one log before this start's is kept. A rename follows no link.
        rename(log, log + ".old")
        unlink(processFile)
        let result = try await ServerTool(user: site.serverUser)
            .run(program, ["mpanel.conf"], in: site.place)
        guard result.succeeded else { throw PrivateRedisProblem.startRefused(reason: result.reason) }
        // From here on only the log knows what becomes of it.
        let deadline = ContinuousClock.now + PrivateRedis.Limit.birth
        while runningProcess() == nil {
            let hasSaidWho = (try? String(contentsOfFile: processFile, encoding: .utf8))?.isEmpty == false
            guard !hasSaidWho || runningProcess() != nil, ContinuousClock.now < deadline else {
                throw PrivateRedisProblem.startFailed(log: log)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func answers() async throws -> Bool {
        var settings = try RedisSettings(url: url)
        settings.connectLimit = .seconds(1)
        do {
            await (try RedisConnection.open(settings)).close()
            return true
        } catch is RedisUnreachable {
            return false
        }
    }

    private func runningProcess() -> ServerProcess? {
        ServerProcess(named: "redis-server", file: processFile, in: site.data)
    }
}

extension PrivateRedisServer {
    private func writeSettings() throws {
        let path = site.place + "/mpanel.conf"
        do {
            try Data(settings.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw LocalServerProblem.directory(path: path, reason: "it cannot be written")
        }
        chmod(path, 0o644)
    }

    /// Paths are relative to `dir`, so that no sign in the home's own has to survive these settings.
    private var settings: String {
        """
        # Written by mpanel at each start.
        daemonize yes
        dir data
        pidfile redis.pid
        logfile ../log/redis.log
        loglevel notice
        always-show-logo no

        port 0
        unixsocket \(socketPath)
        unixsocketperm 700
        databases 16

        # Sessions survive a restart; a power cut takes the last second.
        appendonly yes
        appendfsync everysec
        save ""

        # What has an expiry goes first when memory is short, and only that.
        maxmemory 256mb
        maxmemory-policy volatile-lru

        """
    }
}
