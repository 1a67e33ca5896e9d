package import Kernel
package import Postgres
package import Web

/// An open change: the transaction of one command, what was asked for, and when.
package struct Change: Sendable {
    package let tx: Transaction
    package let command: Command
    package let now: Instant

    package var actor: Actor { command.actor }

    /// The object that is to be changed, as it was found. Throws `notFound` when there is none, and
    /// `preconditionFailed` when it is not in the version that was asked for.
    package func subject<Object: Versioned>(_ found: Object?) throws(Problem) -> Object {
        guard let found else { throw .notFound }
        try command.condition?.check(found.version)
        return found
    }
}

extension Change {
    /// What a job changes in the name of whoever asked for it. What is to be in the audit log is `record`ed.
    package init(_ tx: Transaction, by actor: Actor, doing verb: String, at now: Instant) {
        self.init(tx: tx, command: Command(verb, by: actor), now: now)
    }
}
