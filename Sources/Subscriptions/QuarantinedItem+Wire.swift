package import Kernel
import Web

struct QuarantinePath: Codable, Sendable {
    let id: QuarantinedItemID
}

struct QuarantineQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let customerId: CustomerID?
    let reason: BillingFailure.Reason?

    var filter: QuarantineFilter { QuarantineFilter(customer: customerId, reason: reason) }
}

struct QuarantinedItemBody: Codable, Sendable {
    let id: QuarantinedItemID
    let itemId: SubscriptionItemID
    let subscriptionId: SubscriptionID
    /// The subscription's.
    let reference: Code?
    let customerId: CustomerID
    let reason: BillingFailure.Reason
    let detail: String
    let inputs: BillingInputs
    /// How often it could not be billed: by the run that brought it here, and by replays since.
    let attempts: Int
    let quarantinedOn: Day
    let quarantinedAt: Instant
    let actions: [QuarantinedItem.Action]
}

package struct ReplayBody: Codable, Sendable {
    package let id: QuarantinedItemID
    let itemId: SubscriptionItemID
    let subscriptionId: SubscriptionID
    let customerId: CustomerID
    /// Whether it is out of quarantine.
    package let released: Bool
    /// Of the item and of what else was due of its customer. Empty when nothing was due any more.
    package let invoiceIds: [InvoiceID]
    /// Why it could not be billed this time; null when it is released.
    package let reason: BillingFailure.Reason?
    package let detail: String?
    /// How often it could not be billed.
    package let attempts: Int
}

extension QuarantinedItemBody {
    init(_ item: QuarantinedItem, for actor: Actor) {
        self.init(
            id: item.id, itemId: item.item, subscriptionId: item.subscription, reference: item.reference,
            customerId: item.customer, reason: item.reason, detail: item.detail, inputs: item.inputs,
            attempts: item.attempts, quarantinedOn: item.quarantinedOn, quarantinedAt: item.quarantinedAt,
            actions: item.actions(for: actor))
    }
}

extension ReplayBody {
    package init(_ replay: Replay) {
        let item = replay.item
        self.init(
            id: item.id, itemId: item.item, subscriptionId: item.subscription, customerId: item.customer,
            released: replay.isReleased, invoiceIds: replay.invoices,
            reason: replay.isReleased ? nil : item.reason, detail: replay.isReleased ? nil : item.detail,
            attempts: item.attempts)
    }
}
