/// One process's hold on a private server, which lives while at least one process has one.
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
package actor ServerHold<Server: LocalServer> {
    package nonisolated let server: Server

    private let say: @Sendable (String) -> Void
    /// Nil once released. When a hold is dropped without that, the lock goes and the server stays.
    private var users: FileLock?

    /// Finds the server running or starts it. `find` looks for it once it is our turn; `say` hears one
    /// sentence for each step that takes a while.
    package static func take(
        on site: ServerSite, say: @escaping @Sendable (String) -> Void, find: () async throws -> Server
    ) async throws -> ServerHold {
        let turn = try await ServerTurn.take(on: site) {
            say("Waiting for another mpanel process to finish starting or stopping \(site.server).")
        }
        defer { turn.end() }
        let users = try FileLock(site.usersLock)
        guard users.tryLock(.shared) else { throw LocalServerProblem.lockBroken(path: site.usersLock) }

        let server = try await find()
        try await server.bringUp(say: say)
        do {
            try await server.prepare()
        } catch {
            if users.tryLock(.exclusive) { try? await server.stop() }
            throw error
        }
        return ServerHold(server: server, users: users, say: say)
    }

    private init(server: Server, users: FileLock, say: @escaping @Sendable (String) -> Void) {
        self.server = server
        self.users = users
        self.say = say
    }

    /// Starts the server if it died: crashed, killed for memory, or ended because its disk was full. Returns
    /// whether it had to; of several processes that find it dead, one starts it. Does nothing once released.
    package func revive() async throws -> Bool {
        if users == nil || server.isRunning { return false }
        let turn = try await ServerTurn.take(on: server.site) {}
        defer { turn.end() }
        if users == nil || server.isRunning { return false }
        try await server.bringUp(say: say)
        return true
    }

    /// Lets go, and stops the server when nobody else uses it. Close all connections first: those still
    /// open are broken off. Calling it again does nothing.
    package func release() async {
        guard let users else { return }
        self.users = nil
        let (server, say) = (server, say)
        // A task of its own, because a shutting-down process calls this from a cancelled one, in which
        // neither waiting for the lock nor running a program would work.
        await Task {
            do {
                let turn = try await ServerTurn.take(on: server.site) {}
                defer { turn.end() }
                guard users.tryLock(.exclusive) else { return users.unlock() }
                try await server.stop()
            } catch {
                say("\(error)")
            }
            users.unlock()
        }.value
    }
}

/// The right to start or stop one site's server.
private struct ServerTurn {
    /// The longest wait for a process that creates, recovers or stops the server.
    private static let limit = Duration.seconds(420)

    private let lock: FileLock

    static func take(on site: ServerSite, waiting: () -> Void) async throws -> ServerTurn {
        let lock = try FileLock(site.startLock)
        guard try await lock.lockExclusive(within: limit, waiting: waiting) else {
            throw LocalServerProblem.busy(server: site.server, lock: site.startLock)
        }
        return ServerTurn(lock: lock)
    }

    func end() {
        lock.unlock()
    }
}
