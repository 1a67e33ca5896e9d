package import Kernel

/// An emergency stop: no automation begins, and what runs halts, until it is lifted.
package struct AutomationStop: Sendable {
    /// Whose stop it is. Neither lifts the other's.
    package enum Level: String, Codable, Sendable, CaseIterable {
        /// One of the company's own users.
        case company
        /// Whoever runs this installation, by the command line.
        case `operator`

        init(of actor: Actor) {
            if case .user = actor.kind { self = .company } else { self = .operator }
        }
    }

    package let level: Level
    package let reason: Text<1, 500>
    /// The company's user; nil for the operator.
    package let stoppedBy: UserID?
    package let stoppedAt: Instant
}

extension Actor {
    /// Nil for who is no user.
    var user: UserID? { if case .user(let id) = kind { id } else { nil } }
}
