package import Kernel

/// What one account holds in one currency, in minor units.
package struct AccountBalance: Sendable, Hashable {
    package let account: Account
    package let currency: Currency
    package let debitMinor: Int64
    package let creditMinor: Int64

    /// Debits less credits: positive for what customers owe, negative for revenue. Over all accounts of a
    /// currency the balances add up to zero.
    package var balanceMinor: Int64 { debitMinor - creditMinor }
}

/// The sum of all postings between two accounts in one currency.
struct PostingSum: Sendable, Hashable {
    let debit: Account
    let credit: Account
    let currency: Currency
    let amountMinor: Int64
}

extension AccountBalance {
    /// By currency, then in the order in which the accounts are declared. Throws `overflow`.
    static func adding(_ sums: [PostingSum]) throws(MoneyError) -> [AccountBalance] {
        var balances: [AccountBalance] = []
        for currency in Set(sums.map(\.currency)).sorted() {
            for account in Account.allCases {
                let own = sums.filter { $0.currency == currency }
                let debits = own.filter { $0.debit == account }.map(\.amountMinor)
                let credits = own.filter { $0.credit == account }.map(\.amountMinor)
                if debits.isEmpty && credits.isEmpty { continue }
                balances.append(
                    AccountBalance(
                        account: account, currency: currency, debitMinor: try total(debits),
                        creditMinor: try total(credits)))
            }
        }
        return balances
    }

    private static func total(_ amounts: [Int64]) throws(MoneyError) -> Int64 {
        let sum = amounts.reduce(Int128(0)) { $0 + Int128($1) }
        guard let total = Int64(exactly: sum) else { throw .overflow }
        return total
    }
}
