import Kernel

/// What was made of a subscription: when, why, and what came of it.
struct SubscriptionChange: Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        case change, withdrawal, cancellation, suspension, resumption, renewal
        case renewalMode = "renewal_mode"
    }

    let id: SubscriptionChangeID
    let subscription: SubscriptionID
    let customer: CustomerID
    let kind: Kind
    let madeOn: Day
    let reason: Text<1, 500>?
    let settlement: SettlementBody
    let recordedAt: Instant
}
