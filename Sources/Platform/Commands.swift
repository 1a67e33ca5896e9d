package import Kernel
package import Postgres
package import Web

/// Carries out whatever changes something: once for each idempotency key, only in the version that was asked
/// for, and never without an entry of the audit log. All of it is one transaction.
package struct Commands: Sendable {
    private let database: Database
    private let secrets: SecretBox
    private let clock: RealClock

    package init(database: Database, secrets: SecretBox, clock: RealClock) {
        self.database = database
        self.secrets = secrets
        self.clock = clock
    }

    /// Prepares and runs `body`, and commits with it the audit entry and the answer. When the command's key
    /// was seen in the last 24 hours, answers as then and runs nothing; a request that comes while the first
    /// with its key is still being carried out waits for it. What `body` throws leaves no trace, so that the
    /// same key may be tried again.
    ///
    /// Throws what `body` throws, `idempotencyKeyReused`, and `preconditionFailed`.
    package func carryOut(
        _ command: Command, _ body: CommandBody
    ) async throws -> Answer {
        let claim = command.key.map { KeyClaim($0, of: command.actor, secrets) }
        var prepared: any Sendable = ()
        if let prepare = body.prepare {
            // What was prepared for the first request may be refused to the second, as the password is that
            // the first has changed.
            if let claim, let answer = try await kept(claim, command.actor.scope) { return answer }
            prepared = try await prepare()
        }
        do {
            return try await database.write(command.actor.scope, trace: command.trace) { tx in
                let now = clock.now()
                if let claim, let answer = try await claim.take(in: tx, at: now) { return answer }
                let outcome = try await body.run(Change(tx: tx, command: command, now: now), prepared)
                // What looked at the condition itself has found it met; this is for what did not.
                try command.condition?.check(outcome.versionBefore)
                let entry = try AuditEntry.keeping(command, outcome, tenant: tx.scope.tenant, at: now)
                let answer = claim.map { $0.keeping(outcome.answer, at: now) } ?? []
                _ = try await tx.pipeline(entry + answer)
                return outcome.answer
            }
        } catch let problem as Problem where problem == .stale && command.condition != nil {
            throw Problem.preconditionFailed
        }
    }

    private func kept(_ claim: KeyClaim, _ scope: TenantScope) async throws -> Answer? {
        try await database.read(scope) { tx in try await claim.find(in: tx, at: clock.now()) }
    }

    /// The same for the command line and for schedules, which have no key and need no answer.
    package func carryOut<Output: Codable & Sendable>(
        _ verb: String, by actor: Actor, _ body: @Sendable (Change) async throws -> Effect<Output>
    ) async throws -> Output {
        let command = Command(verb, by: actor)
        return try await database.write(actor.scope) { tx in
            let now = clock.now()
            let effect = try await body(Change(tx: tx, command: command, now: now))
            _ = try await tx.pipeline(
                AuditEntry.keeping(command, Outcome(effect), tenant: tx.scope.tenant, at: now))
            return effect.output
        }
    }

    /// Writes the one entry of what is then done in many transactions, such as a billing run or an import, in
    /// that with which it begins.
    package static func record(
        _ verb: String, by actor: Actor, _ what: some Codable & Sendable, in tx: Transaction, at now: Instant
    ) async throws {
        let outcome = try Outcome(Effect.created(what))
        _ = try await tx.pipeline(
            AuditEntry.keeping(Command(verb, by: actor), outcome, tenant: tx.scope.tenant, at: now))
    }
}
