import ArgumentParser
import Identity
import Kernel

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "See and rotate the keys with which access tokens are signed.",
        subcommands: [List.self, Rotate.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, the oldest first.")

        func run() async throws {
            try await Session.run { session in
                KeysCommand.show(try await session.installation.identity.keys.list())
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key.",
            discussion: """
                It is published at once and signs ten minutes later, when every server knows it. The one \
                before is deleted by a server when no token that it signed is valid any more. Nobody is \
                signed out. A server does this by itself every 90 days.
                """)

        func run() async throws {
            try await Session.run { session in
                KeysCommand.show(try await session.installation.identity.keys.rotate())
            }
        }
    }

    private static func show(_ keys: [SigningKeys.KeyState]) {
        Terminal.table(
            ["id", "use", "signs from"], keys.map { ["\($0.id)", $0.use.rawValue, "\($0.signsFrom)"] })
    }
}
