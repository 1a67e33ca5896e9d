package import Kernel

/// The tenants' database, by the role `mpanel_app`: every statement runs for one tenant, and PostgreSQL shows
/// no other.
package struct Database: Sendable {
    private let transactions: Transactions

    package init(_ pool: ConnectionPool) {
        transactions = Transactions(pool: pool)
    }

    /// Runs `body` in a read-only transaction. It may run again, so it has no other effects; the same holds
    /// for `write`. Throws `Problem.unavailable` when no connection comes free.
    package func read<Value: Sendable>(
        _ scope: TenantScope, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await transactions.run(["BEGIN READ ONLY", scope.setting], isReadOnly: true) { session in
            try await body(Transaction(scope: scope, trace: nil, session: session))
        }
    }

    /// As `read`, but all statements see the same moment: for checks that compare whole tables. Without
    /// statistics, as after an import, the planner would take each tenant for one row and compare every row
    /// of one table with every row of the other; so nested loops are its last resort here.
    package func snapshot<Value: Sendable>(
        _ scope: TenantScope, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        let begin: SQL = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        let wholeTables: SQL = "SELECT set_config('enable_nestloop', 'off', true)"
        return try await transactions.run([begin, scope.setting, wholeTables], isReadOnly: true) { session in
            try await body(Transaction(scope: scope, trace: nil, session: session))
        }
    }

    /// Runs `body` in a transaction and commits it; any error, or the task's cancellation, rolls back.
    /// Repeated at most three times after a deadlock or a serialization failure. Throws
    /// `PostgresError.commitUnknown` when the answer to COMMIT was lost. What the transaction asks for, to be
    /// done later, belongs to `trace`.
    @discardableResult
    package func write<Value: Sendable>(
        _ scope: TenantScope, trace: TraceID? = nil, _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await transactions.run(["BEGIN", scope.setting], isReadOnly: false) { session in
            try await body(Transaction(scope: scope, trace: trace, session: session))
        }
    }

    /// A read known in advance: one round trip. All rows, each made by `make`. Writing is refused.
    package func all<Value>(
        _ scope: TenantScope, _ sql: SQL, _ make: (Row) throws -> Value
    ) async throws -> [Value] {
        try await transactions.once(scope.readSetting, [sql])[0].map(make)
    }

    /// Several such reads in the one round trip: the rows of each, in their order.
    package func pipeline(_ scope: TenantScope, _ statements: [SQL]) async throws -> [Rows] {
        try await transactions.once(scope.readSetting, statements)
    }

    /// As `all`, but the first row only, or nil.
    package func first<Value>(
        _ scope: TenantScope, _ sql: SQL, _ make: (Row) throws -> Value
    ) async throws -> Value? {
        try await transactions.once(scope.readSetting, [sql])[0].first.map(make)
    }
}

/// What crosses tenants, by the role `mpanel_system`: its policies show it a few listed tables only.
package struct SystemDatabase: Sendable {
    private let transactions: Transactions

    package init(_ pool: ConnectionPool) {
        transactions = Transactions(pool: pool)
    }

    /// As `Database.read`, without a tenant.
    package func read<Value: Sendable>(_ body: (SystemTransaction) async throws -> Value) async throws
        -> Value
    {
        try await transactions.run(["BEGIN READ ONLY"], isReadOnly: true) { session in
            try await body(SystemTransaction(session: session))
        }
    }

    /// As `Database.write`, without a tenant.
    @discardableResult
    package func write<Value: Sendable>(_ body: (SystemTransaction) async throws -> Value) async throws
        -> Value
    {
        try await transactions.run(["BEGIN"], isReadOnly: false) { session in
            try await body(SystemTransaction(session: session))
        }
    }

    /// As `Database.all`, without a tenant.
    package func all<Value>(_ sql: SQL, _ make: (Row) throws -> Value) async throws -> [Value] {
        try await transactions.once(SystemDatabase.readSetting, [sql])[0].map(make)
    }

    /// As `Database.first`, without a tenant.
    package func first<Value>(_ sql: SQL, _ make: (Row) throws -> Value) async throws -> Value? {
        try await transactions.once(SystemDatabase.readSetting, [sql])[0].first.map(make)
    }

    private static let readSetting: SQL = "SELECT set_config('transaction_read_only', 'on', true)"
}

/// An open transaction of one tenant. It exists inside `Database.read` and `write` only: kept for later, it
/// throws `TransactionEnded`.
package struct Transaction: StatementRunner {
    package let scope: TenantScope
    /// The trace that its work belongs to; nil when nothing traced it.
    package let trace: TraceID?
    let session: Session

    package func pipeline(_ statements: [SQL]) async throws -> [Rows] {
        try await session.run(statements)
    }
}

/// An open transaction of no tenant.
package struct SystemTransaction: StatementRunner {
    let session: Session

    package func pipeline(_ statements: [SQL]) async throws -> [Rows] {
        try await session.run(statements)
    }
}

extension TenantScope {
    // Until the transaction's end only, so that no connection carries a tenant back into the pool. The
    // policies read '' as nobody: that is what a setting becomes when it is reset, not NULL.
    fileprivate var setting: SQL {
        """
        SELECT set_config('mpanel.tenant_id', \(tenant)::text, true), \
        set_config('mpanel.customer_id', coalesce(\(customer)::text, ''), true)
        """
    }

    fileprivate var readSetting: SQL {
        "\(setting), set_config('transaction_read_only', 'on', true)"
    }
}
