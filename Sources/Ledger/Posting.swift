package import Kernel

/// The accounts of a provider's books.
package enum Account: String, Codable, Sendable, CaseIterable {
    /// What customers owe.
    case receivable
    case revenue
    /// Tax that was charged and belongs to the state.
    case taxPayable = "tax_payable"
}

/// One double entry: the same positive amount on the debit of one account and the credit of another, so it
/// cannot be unbalanced. Postings are only ever added.
package struct Posting: Sendable, Hashable {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case issue, void
    }

    package let document: InvoiceID
    package let cause: Cause
    /// 1, 2 … within document and cause; with them the key, so that nothing is posted twice.
    package let entry: Int16
    package let customer: CustomerID
    package let debit: Account
    package let credit: Account
    /// Above zero, in minor units.
    package let amountMinor: Int64
    package let currency: Currency
    package let postedOn: Day
}

/// What the ledger must know of a document. Amounts in minor units; a negative one is owed to the customer.
package struct PostedDocument: Sendable, Hashable {
    package let id: InvoiceID
    package let customer: CustomerID
    package let netMinor: Int64
    package let taxMinor: Int64
    package let currency: Currency

    package init(id: InvoiceID, customer: CustomerID, netMinor: Int64, taxMinor: Int64, currency: Currency) {
        self.id = id
        self.customer = customer
        self.netMinor = netMinor
        self.taxMinor = taxMinor
        self.currency = currency
    }
}

extension Posting {
    /// The customer owes net and tax: 100.00 + 19.00 is receivable → revenue 100.00 and receivable → tax
    /// payable 19.00. A negative amount swaps the sides; zero posts nothing.
    package static func issue(_ document: PostedDocument, on day: Day) throws(MoneyError) -> [Posting] {
        var postings: [Posting] = []
        for (amount, account) in [(document.netMinor, Account.revenue), (document.taxMinor, .taxPayable)] {
            guard amount != 0 else { continue }
            guard let size = Int64(exactly: amount.magnitude) else { throw .overflow }
            postings.append(
                Posting(
                    document: document.id, cause: .issue, entry: Int16(postings.count + 1),
                    customer: document.customer, debit: amount > 0 ? .receivable : account,
                    credit: amount > 0 ? account : .receivable, amountMinor: size,
                    currency: document.currency,
                    postedOn: day))
        }
        return postings
    }

    /// The exact reverse of what `issue` posted for the same document.
    package static func void(_ document: PostedDocument, on day: Day) throws(MoneyError) -> [Posting] {
        try issue(document, on: day).map { issued in
            Posting(
                document: issued.document, cause: .void, entry: issued.entry, customer: issued.customer,
                debit: issued.credit, credit: issued.debit, amountMinor: issued.amountMinor,
                currency: issued.currency, postedOn: day)
        }
    }
}
