import Kernel
package import Postgres
package import Web

/// The front door of the ledger: what was posted, and what the accounts hold.
package struct Ledger: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var endpoints: [Endpoint] {
        postingEndpoints
    }

    /// What each account holds in each currency, in a steady order. Accounts that nothing was posted to are
    /// left out.
    package func balances(in tx: Transaction) async throws -> [AccountBalance] {
        try AccountBalance.adding(try await Posting.sums(in: tx))
    }

    func balances(_ scope: TenantScope) async throws -> [AccountBalance] {
        try await database.read(scope) { tx in try await balances(in: tx) }
    }

    func postings(of customer: CustomerID, _ page: PageRequest, _ scope: TenantScope) async throws -> Page<
        Posting
    > {
        try await database.read(scope) { tx in try await Posting.list(of: customer, page, in: tx) }
    }
}

extension Permission {
    static let ledgerRead = Permission("ledger", .read)
}
