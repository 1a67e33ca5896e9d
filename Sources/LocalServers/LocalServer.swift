/// A server that MPanel runs for itself: a daemon, not a child, so that `kill -9` of its users leaves it
/// running. Every call happens under its site's start lock.
package protocol LocalServer: Sendable {
    var site: ServerSite { get }
    /// Whether it has a process; it may not take connections yet.
    var isRunning: Bool { get }

    /// Returns when it takes connections, whether it ran already, recovers, or has to be created and started.
    func bringUp(say: (String) -> Void) async throws

    /// Sets up what must hold before anybody uses it. When that fails, a server without users is stopped.
    func prepare() async throws

    /// Returns when it is down; does nothing when it is down already.
    func stop() async throws
}

/// What differs between the sites of different servers.
package struct ServerProfile: Sendable {
    /// As people call it: `PostgreSQL`.
    let name: String
    /// Its folder in the home.
    let folder: String
    /// Whom root runs it as: the first of these that exists.
    let users: [String]
    /// The name of its socket's file.
    let socket: String
    /// Tells its directory outside the home from those of other servers.
    let suffix: String

    package init(name: String, folder: String, users: [String], socket: String, suffix: String) {
        self.name = name
        self.folder = folder
        self.users = users
        self.socket = socket
        self.suffix = suffix
    }
}
