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
        /// A whole invoice, and its cancellation.
        case issue, void
        /// A part of an invoice that a credit note takes back.
        case credit
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
    /// The note that takes a part back; nil for what is posted of a whole invoice.
    package let creditNote: CreditNoteID?
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
                    postedOn: day, creditNote: nil))
        }
        return postings
    }

    /// The exact reverse of what `issue` posted for the same document.
    package static func void(_ document: PostedDocument, on day: Day) throws(MoneyError) -> [Posting] {
        try issue(document, on: day).map { $0.reversed(.void, entry: $0.entry, by: nil) }
    }

    /// What a credit note takes back of an invoice: the reverse of `issue` for the note's amounts, where
    /// `credited` has the invoice's id. An invoice may have several notes: `last` is the last entry that they
    /// posted, 0 for the first. Throws `overflow` when there is no entry behind it.
    package static func credit(
        _ credited: PostedDocument, by note: CreditNoteID, after last: Int16, on day: Day
    ) throws(MoneyError) -> [Posting] {
        try issue(credited, on: day).map { issued throws(MoneyError) in
            let (entry, overflow) = last.addingReportingOverflow(issued.entry)
            if overflow { throw .overflow }
            return issued.reversed(.credit, entry: entry, by: note)
        }
    }

    private func reversed(_ cause: Cause, entry: Int16, by note: CreditNoteID?) -> Posting {
        Posting(
            document: document, cause: cause, entry: entry, customer: customer, debit: credit,
            credit: debit, amountMinor: amountMinor, currency: currency, postedOn: postedOn,
            creditNote: note)
    }
}
