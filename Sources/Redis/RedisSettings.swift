import Foundation

/// Where a Redis is and what its connections begin with.
package struct RedisSettings: Sendable {
    /// How to reach it.
    enum Address: Hashable, Sendable {
        case network(host: String, port: Int)
        case socket(path: String)
    }

    /// How the server proves who it is. It always has to: there is no way to switch that off.
    enum Encryption: Hashable, Sendable {
        case none
        /// With the certificates in this file instead of the system's.
        case verified(authorities: String?)
    }

    struct Credentials: Hashable, Sendable {
        /// Nil is the user `default`, or the only one of a server older than 6.
        var user: String?
        var password: String
    }

    let address: Address
    let encryption: Encryption
    let credentials: Credentials?
    let database: Int
    /// Shown in `CLIENT LIST`; without spaces.
    package var applicationName = "mpanel"
    /// The longest that opening a connection may take, its encryption and sign-in included.
    package var connectLimit = Duration.seconds(2)
    /// The longest that a command may wait for its answer.
    package var commandLimit = Duration.seconds(1)
    /// Commands that may wait for their answers on one connection; one more is refused as `busy`.
    package var commandsInFlight = 4096

    /// `redis://user:password@host:port/database`, with `rediss` encrypted, where `?ca=file` names a
    /// certificate authority of your own; or `unix:///path?database=1&user=…&password=…`, also written
    /// `redis+unix`. Throws a `RedisURLProblem`.
    package init(url: String) throws {
        let parts = try RedisURL(url)
        address = parts.address
        encryption = parts.encryption
        credentials = parts.credentials
        database = parts.database
    }
}

extension RedisSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the URL: it holds the password.
    package var description: String { "RedisSettings(applicationName: \(applicationName))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}

/// What is wrong with a URL. It quotes nothing of it, because a password with a sign that should have been
/// percent-encoded may be found in any of its parts.
package enum RedisURLProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    case scheme
    case host
    case port
    case database
    case path
    case user
    case parameter
    case authoritiesWithoutEncryption

    package var description: String {
        let what =
            switch self {
            case .unreadable:
                "it cannot be read as a URL. Percent-encode the signs in the user and the password"
            case .scheme: "it must begin with redis://, rediss:// or unix://"
            case .host: "it names no host"
            case .port: "its port is not a number from 1 to 65535"
            case .database: "its database is not a number from 0 to 65535"
            case .path: "a socket is given by an absolute path, as in unix:///run/redis/redis.sock"
            case .user: "it names a user without a password"
            case .parameter:
                "a parameter behind the question mark is unknown, repeated or empty. Known are ca, and "
                    + "for a socket user, password and database"
            case .authoritiesWithoutEncryption: "ca belongs to rediss:// only"
            }
        return "The URL of Redis is not valid: \(what)."
    }
}
