import BillingMath
import Invoicing
import Kernel
import Postgres
import Tax
import Tenancy

/// A due schedule with all that its lines need, as the claim of a billing run reads it.
struct DueRow: Sendable {
    let customer: BilledCustomer
    let itemID: SubscriptionItemID
    var scheduleNumber: Int32
    let subscription: SubscriptionID
    let reference: String?
    let productName: String
    var price: PriceID
    /// Of the subscription.
    let policies: PolicyCascade
    var item: DueItem
    /// When it ends because its price becomes another; nil when it does not.
    var endsOn: Day?
    /// What it sells, of a schedule that is to be opened because the price of another has changed. No more of
    /// the price than its id: rows are copied by the ten thousand.
    var followed: ProductID?

    /// What stands on the invoice; the period has columns of its own. A part of a term is one at what it
    /// costs: unit price times quantity, less the discount, is the amount on every line, as EN 16931 wants.
    func shown(_ charge: Charge) -> (description: String, quantity: Quantity, unitMinor: Int64) {
        switch charge.kind {
        case .setUp: ("Set-up: \(productName)", charge.quantity, charge.unitMinor)
        case .recurring where charge.isPart:
            ("Part of a term: \(item.quantity) × \(productName)", .one, charge.fullMinor)
        case .recurring where item.price.pricing != nil:
            ("\(item.quantity) × \(productName)", .one, charge.fullMinor)
        case .recurring: (productName, charge.quantity, charge.unitMinor)
        }
    }

    /// Those of the subscription that made the charge what it is.
    func policies(of charge: Charge) -> [AppliedPolicy] {
        let days = policies.applied(Policies.invoiceDaysBeforeDue)
        guard charge.isPart else { return [days] }
        return [
            days, policies.applied(Policies.prorationUnit), policies.applied(Policies.changeDay),
            policies.applied(Policies.prorationRounding),
        ]
    }

    func failure(_ reason: BillingFailure.Reason) -> BillingFailure {
        BillingFailure(
            subscription: subscription, reference: reference, item: itemID, customer: customer.id,
            reason: reason
        )
    }
}

/// A customer whom a run holds, and what is due of theirs.
struct DueClaim: Sendable {
    let customer: BilledCustomer
    var rows: [DueRow] = []
    /// Items with a schedule that says something no code of MPanel writes.
    var unreadable: [FailedItem] = []
}

/// A customer whom a run holds, with what all their invoices need.
struct BilledCustomer: Sendable {
    let id: CustomerID
    let country: CountryCode
    let region: String?
    let isTaxExempt: Bool
    /// Whether it is a business whose tax number counts as valid.
    let isBusiness: Bool
    var certificates: [TaxBuyer.Certificate] = []
    let policies: PolicyCascade
    /// As their invoices keep it.
    let buyer: JSONText
}

extension BilledCustomer {
    var taxBuyer: TaxBuyer {
        TaxBuyer(
            country: country, region: TaxBuyer.region(region, in: country), isBusiness: isBusiness,
            isExempt: isTaxExempt, certificates: certificates)
    }
}
