import Kernel
import Postgres

extension Session {
    private static let columns: SQL =
        """
        sessions.id, sessions.user_id, sessions.generation, sessions.token_hashes, sessions.rotated_at,
        sessions.last_used_at, sessions.device, sessions.address, sessions.recorded_at, sessions.expires_at
        """

    init(row: Row) throws {
        id = try row["id"]
        user = try row["user_id"]
        generation = try row["generation"]
        tokenHashes = try row["token_hashes"]
        rotatedAt = try row["rotated_at"]
        lastUsedAt = try row["last_used_at"]
        device = try row["device"]
        address = try row["address"]
        recordedAt = try row["recorded_at"]
        expiresAt = try row["expires_at"]
    }

    private static func holds(at now: Instant) -> SQL {
        "sessions.revoked_at IS NULL AND sessions.expires_at > \(now)"
    }

    /// The role that the session's user has by now; nil when the session is over, or the user's no more. One
    /// round trip: every request asks this while Redis cannot be asked.
    static func role(
        in id: SessionID, of user: UserID, _ tenant: TenantID, at now: Instant, database: Database
    ) async throws -> Role? {
        try await database.first(
            TenantScope(tenant),
            """
            SELECT users.role
            FROM sessions
            JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id
            WHERE sessions.id = \(id) AND sessions.user_id = \(user) AND \(holds(at: now))
            """
        ) { try $0["role"] }
    }

    /// Those that hold, the one opened last first.
    static func all(of user: UserID, at now: Instant, in tx: Transaction) async throws -> [Session] {
        try await tx.all(
            """
            SELECT \(columns) FROM sessions
            WHERE user_id = \(user) AND \(holds(at: now))
            ORDER BY id DESC
            """, Session.init(row:))
    }

    /// Locks the session: of two refreshes at once the second one sees what the first one did.
    static func lock(
        _ id: SessionID, at now: Instant, in tx: Transaction
    ) async throws -> (session: Session, user: User)? {
        let session = try await tx.first(
            "SELECT \(columns) FROM sessions WHERE id = \(id) AND \(holds(at: now)) FOR UPDATE",
            Session.init(row:))
        guard let session, let user = try await User.find(session.user, in: tx) else { return nil }
        return (session, user)
    }

    /// Opens the session, if the user still has the password that was compared: or one that is being changed
    /// at this moment would leave behind a session that it should have ended. False when it has not.
    func insert(for user: User, ifStill hash: PasswordHash, in tx: Transaction) async throws -> Bool {
        let inserted = try await tx.run(
            """
            INSERT INTO sessions (tenant_id, id, user_id, customer_id, generation, token_hashes, rotated_at,
                last_used_at, device, address, recorded_at, expires_at)
            SELECT tenant_id, \(id), id, customer_id, \(generation), \(tokenHashes), \(rotatedAt),
                \(lastUsedAt), \(device), \(address), \(recordedAt), \(expiresAt)
            FROM users
            WHERE id = \(user.id) AND password_hash = \(hash.text)
            FOR SHARE
            """)
        return inserted == 1
    }

    /// Forgets those of the user that are over, and the oldest when there are too many.
    static func tidy(of user: UserID, at now: Instant, in tx: Transaction) async throws {
        try await tx.run(
            """
            DELETE FROM sessions
            WHERE user_id = \(user) AND (NOT (\(holds(at: now)))
                OR id IN (
                    SELECT o.id FROM sessions AS o
                    WHERE o.user_id = \(user) AND o.revoked_at IS NULL AND o.expires_at > \(now)
                    ORDER BY o.id DESC
                    OFFSET \(limit)
                ))
            """)
    }

    func update(in tx: Transaction) async throws {
        try await tx.run(
            """
            UPDATE sessions
            SET generation = \(generation), token_hashes = \(tokenHashes), rotated_at = \(rotatedAt),
                last_used_at = \(lastUsedAt), device = \(device), address = \(address),
                expires_at = \(expiresAt)
            WHERE id = \(id)
            """)
    }

    /// Returns how many were ended; none when there is no such session of the user.
    static func revoke(
        _ id: SessionID, of user: UserID, at now: Instant, in tx: Transaction
    ) async throws -> Int {
        try await tx.run(
            """
            UPDATE sessions SET revoked_at = \(now)
            WHERE id = \(id) AND user_id = \(user) AND \(holds(at: now))
            """)
    }

    /// All of a user but one.
    static func revokeAll(
        of user: UserID, but kept: SessionID?, at now: Instant, in tx: Transaction
    ) async throws {
        try await tx.run(
            """
            UPDATE sessions SET revoked_at = \(now)
            WHERE user_id = \(user) AND id IS DISTINCT FROM \(kept) AND \(holds(at: now))
            """)
    }

    static func deleteAll(of user: UserID, in tx: Transaction) async throws {
        try await tx.run("DELETE FROM sessions WHERE user_id = \(user)")
    }
}
