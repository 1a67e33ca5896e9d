import Kernel
import Platform

/// What others may hear of identity: ids only, never an e-mail address or a name.
enum IdentityEvents {
    static func created(_ user: User) -> Event { Event("user.created", user.id, version: user.version) }
}
