import Foundation

/// A machine of its own for a process, as far as the network goes (ip-netns(8)), with two cables to this one:
/// by one the process is reached, by the other it reaches what it stands on. The second may be cut, and then
/// packets vanish without a word, as on a real network. Takes root.
package struct NetworkNamespace: Sendable {
    private let name: String
    /// Of the cable to the stores, this machine's end.
    private let plug: String

    /// Where what it stands on listens, on this machine.
    package let storesHost: String
    /// Where its own servers listen.
    package let ownHost: String

    /// What a command line begins with that runs inside.
    package var prefix: [String] { ["ip", "netns", "exec", name] }

    /// Whether this process may make one: root may, but not in every container.
    package static let isPossible: Bool = {
        let name = "mpanel-try-\(getpid())"
        guard (try? ip("netns", "add", name)) != nil else { return false }
        defer { try? ip("netns", "delete", name) }
        return (try? ip("netns", "exec", name, "ip", "link", "set", "lo", "up")) != nil
    }()

    private init() {
        let number = getpid() % 60_000
        name = "mpanel-\(number)"
        plug = "mp-s-\(number)"
        // Of 10/8, which this machine may well use; a network of four addresses, of which hardly anybody's.
        let network = "10.\(200 + number / 256 % 50).\(number % 256)"
        storesHost = network + ".1"
        ownHost = network + ".6"
    }

    /// Runs `body` with the namespace, and removes it.
    package static func run<Value: Sendable>(
        _ body: @Sendable (NetworkNamespace) async throws -> Value
    ) async throws -> Value {
        let namespace = NetworkNamespace()
        try ip("netns", "add", namespace.name)
        // The cables go with it.
        defer { try? ip("netns", "delete", namespace.name) }
        try namespace.wire()
        return try await body(namespace)
    }

    package func cut() throws { try NetworkNamespace.ip("link", "set", plug, "down") }

    package func heal() throws { try NetworkNamespace.ip("link", "set", plug, "up") }

    private func wire() throws {
        let network = storesHost.dropLast(2)
        let clients = plug.replacing("-s-", with: "-c-")
        for (cable, near, far) in [(plug, 1, 2), (clients, 5, 6)] {
            let inside = cable + "i"
            try NetworkNamespace.ip(
                "link", "add", cable, "type", "veth", "peer", "name", inside, "netns", name)
            try NetworkNamespace.ip("address", "add", "\(network).\(near)/30", "dev", cable)
            try NetworkNamespace.ip("link", "set", cable, "up")
            try NetworkNamespace.ip("-n", name, "address", "add", "\(network).\(far)/30", "dev", inside)
            try NetworkNamespace.ip("-n", name, "link", "set", inside, "up")
        }
        try NetworkNamespace.ip("-n", name, "link", "set", "lo", "up")
    }

    private static func ip(_ arguments: String...) throws {
        try SystemTool.run("ip", arguments)
    }
}
