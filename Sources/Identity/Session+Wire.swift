import Kernel
import Web

struct SessionPath: Codable, Sendable {
    let id: SessionID
}

struct SessionBody: Codable, Sendable {
    let id: SessionID
    /// Such as `Firefox on Linux`, as the client itself says.
    let device: String?
    /// Of IPv6 the first 64 bits.
    let address: String?
    /// To a few seconds.
    let lastUsedAt: Instant
    /// Unless it is used until then.
    let expiresAt: Instant
    /// Whether this request came in it.
    let isCurrent: Bool
    let recordedAt: Instant
}

extension SessionBody {
    init(_ session: Session, for actor: Actor) {
        self.init(
            id: session.id, device: session.device, address: session.address, lastUsedAt: session.lastUsedAt,
            expiresAt: session.expiresAt, isCurrent: session.id == actor.session,
            recordedAt: session.recordedAt)
    }
}
