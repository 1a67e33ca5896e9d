package import Kernel
package import Tenancy

/// Someone whom a provider sells to.
package struct Customer: Versioned, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case company, person
    }

    package enum Action: String, Codable, Sendable, CaseIterable {
        case update
        case addContact = "add_contact"
    }

    package let id: CustomerID
    /// What the provider or a former system calls it; unique in the tenant.
    package var reference: Code?
    package var companyName: Text<1, 200>?
    /// Of the person, or of the person to talk to at the company.
    package var name: Text<1, 200>
    package var email: EmailAddress
    package var address: Address
    package var currency: Currency
    package var taxID: Text<1, 40>?
    package var isTaxExempt: Bool
    package var language: LanguageTag?
    /// For the provider's staff; never shown to the customer.
    package var notes: Text<1, 4000>?
    package var metadata: Labels
    package var group: CustomerGroupID?
    /// What is decided for this customer alone.
    package var policies: PolicySettings
    package let version: Int
    package let recordedAt: Instant

    /// A company is a customer with a company's name, so the two cannot disagree.
    package var kind: Kind { companyName == nil ? .person : .company }
}

/// Where a customer lives or has its seat.
package struct Address: Sendable, Hashable, Codable {
    package let street: Text<1, 200>
    /// Empty where there are none, as in Hong Kong.
    package let postalCode: Text<0, 20>
    package let city: Text<1, 100>
    package let region: Text<1, 100>?
    package let country: CountryCode

    package init(
        street: Text<1, 200>, postalCode: Text<0, 20>, city: Text<1, 100>, region: Text<1, 100>? = nil,
        country: CountryCode
    ) {
        self.street = street
        self.postalCode = postalCode
        self.city = city
        self.region = region
        self.country = country
    }
}

extension Customer {
    func actions(for actor: Actor) -> [Action] {
        actor.may(.customersWrite) ? Action.allCases : []
    }
}

/// A person of a customer besides the one that the customer itself names.
package struct Contact: Versioned, Sendable, Hashable {
    package let id: ContactID
    package let customer: CustomerID
    package var name: Text<1, 200>
    package var email: EmailAddress
    package var phone: Text<1, 40>?
    package let version: Int
    package let recordedAt: Instant
}
