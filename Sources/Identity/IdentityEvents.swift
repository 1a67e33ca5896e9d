import Kernel
import Platform

/// What others may hear of identity: ids only, never an e-mail address or a name.
enum IdentityEvents {
    static func created(_ user: User) -> Event { Event("user.created", user.id, version: user.version) }
    static func updated(_ user: User) -> Event { Event("user.updated", user.id, version: user.version) }
    static func deleted(_ user: User) -> Event { Event("user.deleted", user.id, version: user.version + 1) }
    static func passwordChanged(_ user: User) -> Event {
        Event("user.password_changed", user.id, version: user.version)
    }
    /// A refresh token was used twice, and the session ended for that.
    static func stolen(_ session: Session) -> Event {
        Event("session.token_reused", session.id, version: Int(session.generation))
    }
}
