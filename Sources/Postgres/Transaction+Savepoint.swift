extension Transaction {
    /// Runs `body` and returns what it returns. When it throws, what it wrote is undone, the error is thrown
    /// on, and the transaction goes on as if `body` had never begun: also after an error of PostgreSQL's.
    @discardableResult
    package func tentatively<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await run("SAVEPOINT tentative")
        let value: Value
        do {
            value = try await body()
        } catch {
            // What cannot be undone must not be committed: then this error ends the transaction.
            try await run("ROLLBACK TO SAVEPOINT tentative")
            throw error
        }
        try await run("RELEASE SAVEPOINT tentative")
        return value
    }
}
