import Kernel
import Postgres
import Web

/// So many terms more.
struct Renewing: Codable, AskedOfSubscription {
    /// Of the item with the longest; 1 unless told.
    let terms: Whole<1, 36>?
    let reason: Text<1, 500>?
    /// Of the preview that was shown.
    let commitment: Text<64, 64>?

    func move(of subscription: Subscription, today: Day, in tx: Transaction) -> AskedMove {
        AskedMove(
            move: .renew(terms?.value ?? 1), kind: .renewal, reason: reason, commitment: commitment)
    }
}

struct RenewalChoice: Codable, AskedOfSubscription {
    let mode: RenewalMode

    func move(of subscription: Subscription, today: Day, in tx: Transaction) -> AskedMove {
        AskedMove(move: .setRenewal(mode), kind: .renewalMode)
    }
}

/// How a subscription goes on from term to term.
struct RenewalBody: Codable, Sendable {
    let mode: RenewalMode
    /// No term that starts on or after this day is billed before somebody renews; null: it renews by itself.
    let renewedUntil: Day?
}
