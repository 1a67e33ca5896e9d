import Kernel
import Postgres
import Web

/// A request's claim to its idempotency key. The key belongs to the tenant, the principal, the method and the
/// path: the same text from somebody else or for something else is another key.
struct KeyClaim: Sendable {
    /// How long a key is remembered at least. Clients give up much earlier.
    static let lifetimeSeconds: Int64 = 24 * 3600

    /// Who, what and the key's text as a keyed hash: whoever reads the table learns none of them.
    let id: String
    /// Keyed as well: a request may hold a password that could be guessed from a plain hash.
    let requestHash: String

    init(_ key: IdempotencyKey, of actor: Actor, _ secrets: SecretBox) {
        id = secrets.fingerprint(of: [actor.principal, key.place, key.text], purpose: "idempotency key")
        requestHash = secrets.fingerprint(
            of: [String(decoding: key.content, as: UTF8.self)], purpose: "idempotent request")
    }

    /// Nil when the key is free: it is then taken until the transaction ends. Otherwise the answer that was
    /// kept with it. Waits for a transaction that holds the key. Throws `idempotencyKeyReused` when the key
    /// belongs to another request.
    func take(in tx: Transaction, at now: Instant) async throws -> Answer? {
        let expired = KeyClaim.expiry(at: now)
        if try await tx.run(claim(by: tx.scope, at: now, replacingBefore: expired)) == 1 { return nil }
        guard let answer = try await find(in: tx, at: now) else {
            // It expired and was removed between the two statements: run again.
            throw PostgresError.serializationFailure
        }
        return answer
    }

    /// The answer that was kept with the key; nil when the key is free. Throws `idempotencyKeyReused`.
    func find(in tx: Transaction, at now: Instant) async throws -> Answer? {
        let known = keptAnswer(since: KeyClaim.expiry(at: now))
        guard let kept = try await tx.first(known, KeptAnswer.init(row:)) else { return nil }
        guard kept.requestHash == requestHash else { throw Problem.idempotencyKeyReused }
        return kept.answer
    }

    /// What is kept with the key when its request has been carried out.
    func keeping(_ answer: Answer, at now: Instant) -> [SQL] {
        [keeping(answer), KeyClaim.forgetting(before: KeyClaim.expiry(at: now))]
    }

    private static func expiry(at now: Instant) -> Instant { now.adding(seconds: -lifetimeSeconds) }
}
