import Kernel
import Web

struct CustomerPath: Codable, Sendable {
    let id: CustomerID
}

struct CustomerQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
    let reference: Code?
    let customerGroupId: CustomerGroupID?
    let search: CustomerSearch?

    var filter: CustomerFilter {
        CustomerFilter(reference: reference, group: customerGroupId, search: search)
    }
}

struct NewCustomer: Codable, Sendable {
    let reference: Code?
    /// May be left out: a customer with a company's name is a company.
    let kind: Customer.Kind?
    let companyName: Text<1, 200>?
    let name: Text<1, 200>
    let email: EmailAddress
    let address: Address
    let currency: Currency
    let taxId: Text<1, 40>?
    let taxExempt: Bool?
    let language: LanguageTag?
    let notes: Text<1, 4000>?
    let metadata: Labels?
    let customerGroupId: CustomerGroupID?

    func draft() throws -> Customers.Draft {
        try kind?.require(companyName)
        var draft = Customers.Draft(name: name, email: email, address: address, currency: currency)
        draft.reference = reference
        draft.companyName = companyName
        draft.taxID = taxId
        draft.isTaxExempt = taxExempt ?? false
        draft.language = language
        draft.notes = notes
        draft.metadata = metadata ?? .none
        draft.group = customerGroupId
        return draft
    }
}

/// Absent fields stay as they are; `null` empties those that may be empty.
struct CustomerChange: Codable, Sendable {
    let reference: Patch<Code>
    let kind: Customer.Kind?
    let companyName: Patch<Text<1, 200>>
    let name: Text<1, 200>?
    let email: EmailAddress?
    let address: Address?
    let currency: Currency?
    let taxId: Patch<Text<1, 40>>
    let taxExempt: Bool?
    let language: Patch<LanguageTag>
    let notes: Patch<Text<1, 4000>>
    let metadata: Labels?
    let customerGroupId: Patch<CustomerGroupID>

    func apply(to customer: inout Customer) throws {
        customer.reference = reference.applied(to: customer.reference)
        customer.companyName = companyName.applied(to: customer.companyName)
        try kind?.require(customer.companyName)
        customer.name = name ?? customer.name
        customer.email = email ?? customer.email
        customer.address = address ?? customer.address
        customer.currency = currency ?? customer.currency
        customer.taxID = taxId.applied(to: customer.taxID)
        customer.isTaxExempt = taxExempt ?? customer.isTaxExempt
        customer.language = language.applied(to: customer.language)
        customer.notes = notes.applied(to: customer.notes)
        customer.metadata = metadata ?? customer.metadata
        customer.group = customerGroupId.applied(to: customer.group)
    }
}

extension Customer.Kind {
    /// Throws `invalid` when a company has no company name, or a person has one.
    fileprivate func require(_ companyName: Text<1, 200>?) throws {
        switch (self, companyName) {
        case (.company, nil):
            throw Problem.invalid.with(errors: [FieldError("/company_name", "must be there for a company")])
        case (.person, .some):
            throw Problem.invalid.with(errors: [FieldError("/company_name", "must be empty for a person")])
        default: break
        }
    }
}

struct CustomerBody: Versioned, Codable, Sendable {
    let id: CustomerID
    let reference: Code?
    let kind: Customer.Kind
    let companyName: Text<1, 200>?
    let name: Text<1, 200>
    let email: EmailAddress
    let address: Address
    let currency: Currency
    let taxId: Text<1, 40>?
    let taxExempt: Bool
    let language: LanguageTag?
    let notes: Text<1, 4000>?
    let metadata: Labels
    let customerGroupId: CustomerGroupID?
    let version: Int
    let recordedAt: Instant
    let actions: [Customer.Action]
}

extension CustomerBody {
    init(_ customer: Customer, for actor: Actor) {
        self.init(
            id: customer.id, reference: customer.reference, kind: customer.kind,
            companyName: customer.companyName,
            name: customer.name, email: customer.email, address: customer.address,
            currency: customer.currency,
            taxId: customer.taxID, taxExempt: customer.isTaxExempt, language: customer.language,
            // Notes are about the customer, not for it; so are the labels, which other programs read, and the
            // group.
            notes: actor.scope.customer == nil ? customer.notes : nil,
            metadata: actor.scope.customer == nil ? customer.metadata : .none,
            customerGroupId: actor.scope.customer == nil ? customer.group : nil,
            version: customer.version, recordedAt: customer.recordedAt, actions: customer.actions(for: actor))
    }
}
