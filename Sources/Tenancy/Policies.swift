package import BillingMath
package import Kernel
package import Web

/// Every policy there is. One more is a constant here, its place in `all`, and its line in the function
/// `mpanel_policies_hold` of the database; the API, the reference and the cascade follow.
package enum Policies {
    // The values are constants within their own bounds.

    package static let invoiceDaysBeforeDue = Policy<Whole<0, 90>>(
        "invoice_days_before_due", downTo: .subscription, shipped: Whole(0)!,
        "How many days before it starts a term is invoiced.")

    /// An invoice may hold terms of several subscriptions, so none of them can have its own.
    package static let paymentTermsDays = Policy<Whole<0, 365>>(
        "payment_terms_days", downTo: .customer, shipped: Whole(14)!,
        "How many days after its issue an invoice is payable, and not before its service begins.")

    package static let taxRounding = Policy<TaxRounding>(
        "tax_rounding", downTo: .customer, shipped: .line,
        """
        Whether tax is rounded on each line; or once for each rate, as EN 16931 wants it, or once on the \
        invoice, and then shared out to its lines.
        """)

    /// Council Directive 2006/112/EC, Article 59c: up to EUR 10,000 a year.
    package static let euConsumerRates = Policy<EUConsumerRates>(
        "eu_consumer_rates", downTo: .tenant, shipped: .home,
        """
        Which rate consumers in other countries of the EU pay while the company is not registered for the \
        One Stop Shop: that of its own country, which it may up to EUR 10,000 a year, or that of theirs.
        """)

    package static let prorationUnit = Policy<Proration.Unit>(
        "proration_unit", downTo: .subscription, shipped: .day,
        "What a part of a term is measured in: days, seconds as clocks show them, or months of 30 days.")

    package static let prorationRounding = Policy<Rounding>(
        "proration_rounding", downTo: .subscription, shipped: .halfUp,
        "How the price of a part of a term becomes a whole minor unit.")

    package static let changeDay = Policy<Proration.ChangeDay>(
        "change_day", downTo: .subscription, shipped: .following,
        "Whether the day of a change belongs to what follows it or to what was before.")

    /// Zero: on no day that it shares with others.
    package static let billingDay = Policy<Whole<0, 31>>(
        "billing_day", downTo: .customer, shipped: Whole(0)!,
        """
        The day of the month on which new services renew, their first term being a part of one; 0: each on \
        the day it starts. Set for a customer, all their services renew together.
        """)

    package static let suspensionBilling = Policy<SuspensionBilling>(
        "suspension_billing", downTo: .subscription, shipped: .skip,
        """
        Whether terms that start while a subscription is suspended are never billed, billed as always, or \
        billed once it is resumed. What its customer has paused is never billed.
        """)

    package static let renewalOfferDays = Policy<Whole<0, 365>>(
        "renewal_offer_days", downTo: .subscription, shipped: Whole(30)!,
        "How many days before it ends a subscription that is renewed by hand is offered for renewal.")

    package static let renewalGraceDays = Policy<Whole<0, 365>>(
        "renewal_grace_days", downTo: .subscription, shipped: Whole(30)!,
        "For how many days a subscription that lapsed may still be renewed before it is cancelled.")

    package static let priceChanges = Policy<PriceFollowing>(
        "price_changes", downTo: .subscription, shipped: .follow,
        """
        Whether what was sold at a price follows a scheduled change of it that is meant for existing \
        subscriptions, or keeps the price.
        """)

    package static let all: [any PolicyRule] = [
        invoiceDaysBeforeDue, paymentTermsDays, taxRounding, euConsumerRates, prorationUnit,
        prorationRounding, changeDay,
        billingDay, suspensionBilling, renewalOfferDays, renewalGraceDays, priceChanges,
    ]
}

/// A policy of any type of value.
package protocol PolicyRule: Sendable {
    var name: String { get }
    var levels: [PolicyLevel] { get }
    var about: String { get }
    var schema: JSONSchema { get }

    /// What holds, and by which level.
    func answer(of cascade: PolicyCascade) -> (value: JSONValue, level: PolicyLevel)
}

extension Policy: PolicyRule {
    package var schema: JSONSchema { Value.policySchema }

    package func answer(of cascade: PolicyCascade) -> (value: JSONValue, level: PolicyLevel) {
        let effective = cascade.effective(self)
        return (effective.value.json, effective.level)
    }
}
