import Kernel
import Web

struct PostingQuery: Codable, Sendable {
    let customerId: CustomerID
    let limit: PageLimit?
    let cursor: Cursor?
}

struct PostingBody: Codable, Sendable {
    /// The invoice, also where a credit note takes a part of it back.
    let documentId: InvoiceID
    let cause: Posting.Cause
    let entry: Int
    let customerId: CustomerID
    let debit: Account
    let credit: Account
    let amount: Money
    let postedOn: Day
    /// The note that takes a part of the invoice back.
    let creditNoteId: CreditNoteID?
}

extension PostingBody {
    init(_ posting: Posting) {
        self.init(
            documentId: posting.document, cause: posting.cause, entry: Int(posting.entry),
            customerId: posting.customer, debit: posting.debit, credit: posting.credit,
            amount: Money(posting.amountMinor, posting.currency), postedOn: posting.postedOn,
            creditNoteId: posting.creditNote)
    }
}

struct BalancesBody: Codable, Sendable {
    let balances: [BalanceBody]
}

struct BalanceBody: Codable, Sendable {
    let account: Account
    let debit: Money
    let credit: Money
    let balance: Money
}

extension BalanceBody {
    init(_ balance: AccountBalance) {
        self.init(
            account: balance.account, debit: Money(balance.debitMinor, balance.currency),
            credit: Money(balance.creditMinor, balance.currency),
            balance: Money(balance.balanceMinor, balance.currency))
    }
}
