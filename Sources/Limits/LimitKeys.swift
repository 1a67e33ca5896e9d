import Kernel
import Platform
import Redis
import Web

/// The names of the counters and marks. Addresses and accounts stand in them as keyed hashes only: whoever
/// reads the store learns neither who signs in nor from where.
struct LimitKeys: Sendable {
    private let secrets: SecretBox

    init(secrets: SecretBox) {
        self.secrets = secrets
    }

    func window(_ policy: String, of subject: RateSubject) -> RedisKey {
        switch subject {
        case .actor(let actor):
            RedisKey("limits", policy, "\(actor.scope.tenant)", actor.principal)
        case .client(let address), .refused(let address):
            RedisKey("limits", policy, hash(of: [name(address)]))
        }
    }

    /// The mark, and the windows of account and address, of the address, and of the account.
    func signIn(_ account: [String], from address: ClientAddress?) -> [RedisKey] {
        let pair = hash(of: [name(address)] + account)
        return [
            RedisKey("limits", "sign_in", "known", pair), RedisKey("limits", "sign_in", "pair", pair),
            RedisKey("limits", "sign_in", "address", hash(of: [name(address)])),
            RedisKey("limits", "sign_in", "account", hash(of: account)),
        ]
    }

    /// What is remembered of a session, and the doubt about all sessions of its user.
    func marks(_ session: SessionID, of user: UserID, _ tenant: TenantID) -> [RedisKey] {
        [RedisKey("sessions", "mark", "\(tenant)", "\(session)"), doubt(user, tenant)]
    }

    func doubt(_ user: UserID, _ tenant: TenantID) -> RedisKey {
        RedisKey("sessions", "doubt", "\(tenant)", "\(user)")
    }

    func seen(_ session: SessionID, _ tenant: TenantID) -> RedisKey {
        RedisKey("sessions", "seen", "\(tenant)", "\(session)")
    }

    /// Those whose address is not known share a quota.
    private func name(_ address: ClientAddress?) -> String { address?.text ?? "" }

    private func hash(of parts: [String]) -> String {
        secrets.fingerprint(of: parts, purpose: "limits")
    }
}
