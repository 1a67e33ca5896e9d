/// How both databases run transactions: begin with the first statement, end always, repeat what lost a race.
struct Transactions: Sendable {
    /// Runs after the first that a serialization failure or a deadlock may cost.
    static let repetitions = 3

    let pool: ConnectionPool

    func run<Value>(
        _ opening: [SQL], isReadOnly: Bool, _ body: (Session) async throws -> Value
    ) async throws -> Value {
        try await repeating {
            let session = try await Session(pool, opening: opening)
            let value: Value
            do {
                value = try await body(session)
            } catch {
                await session.rollback()
                throw error
            }
            try await session.commit(isReadOnly: isReadOnly)
            return value
        }
    }

    /// Runs statements behind `setting`, all as one transaction, in one round trip.
    func once(_ setting: SQL, _ statements: [SQL]) async throws -> [Rows] {
        try await repeating {
            let session = try await Session(pool, opening: [setting])
            defer { session.finish() }
            return try await session.run(statements)
        }
    }

    private func repeating<Value>(_ attempt: () async throws -> Value) async throws -> Value {
        for repetition in 1...Transactions.repetitions {
            do {
                return try await attempt()
            } catch let error as PostgresError where error.isTransient {
                // Two that collided must not meet again: 10, 40, 160 ms, each by chance up to twice that.
                let pause = 10 << (2 * (repetition - 1))
                try await Task.sleep(for: .milliseconds(Int.random(in: pause...2 * pause)))
            }
        }
        return try await attempt()
    }
}
