/// What statements can be run on: a transaction, or a connection of the owner.
package protocol StatementRunner: Sendable {
    /// Sends all statements in one round trip. The first error stops the rest and is thrown; what the
    /// statements before it did is undone with the transaction.
    func pipeline(_ statements: [SQL]) async throws -> [Rows]
}

extension StatementRunner {
    /// All rows, each made by `make`.
    package func all<Value>(_ sql: SQL, _ make: (Row) throws -> Value) async throws -> [Value] {
        try await rows(sql).map(make)
    }

    /// The first row, or nil when there is none.
    package func first<Value>(_ sql: SQL, _ make: (Row) throws -> Value) async throws -> Value? {
        try await rows(sql).first.map(make)
    }

    /// Returns how many rows were affected.
    @discardableResult
    package func run(_ sql: SQL) async throws -> Int {
        try await rows(sql).affected
    }

    private func rows(_ sql: SQL) async throws -> Rows {
        // One statement has one result, always.
        try await pipeline([sql])[0]
    }
}
