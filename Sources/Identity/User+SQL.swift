import Kernel
import Platform
import Postgres

extension User {
    private static let columns: SQL = "id, email, name, role, customer_id, version, recorded_at"

    init(row: Row) throws {
        id = try row["id"]
        email = try row["email"]
        name = try row["name"]
        role = try row["role"]
        customer = try row["customer_id"]
        version = try row["version"]
        recordedAt = try row["recorded_at"]
    }

    static func find(_ id: UserID, in tx: Transaction) async throws -> User? {
        try await tx.first("SELECT \(columns) FROM users WHERE id = \(id)", User.init(row:))
    }

    static func find(_ email: EmailAddress, in tx: Transaction) async throws -> User? {
        try await tx.first(
            "SELECT \(columns) FROM users WHERE email_folded = \(email.folded)", User.init(row:))
    }

    static func credentials(of email: EmailAddress, in tx: Transaction) async throws -> Credentials? {
        try await credentials("email_folded = \(email.folded)", in: tx)
    }

    private static func credentials(_ condition: SQL, in tx: Transaction) async throws -> Credentials? {
        let found = try await tx.first(
            "SELECT \(columns), password_hash FROM users WHERE \(condition)"
        ) { row in
            let hash: String = try row["password_hash"]
            return (user: try User(row: row), hash: PasswordHash(hash))
        }
        guard let user = found?.user, let hash = found?.hash else { return nil }
        return Credentials(user: user, passwordHash: hash)
    }

    /// As above, of a user who has signed in.
    static func credentials(of id: UserID, in tx: Transaction) async throws -> Credentials? {
        try await credentials("id = \(id)", in: tx)
    }

    static func list(_ role: Role?, _ page: PageRequest, in tx: Transaction) async throws -> Page<User> {
        var condition: SQL = "TRUE"
        if let role { condition = "\(condition) AND role = \(role)" }
        if let after = try page.cursor.map({ try ListCursor($0) }) {
            condition = "\(condition) AND id > \(after.id)"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM users
            WHERE \(condition)
            ORDER BY id
            LIMIT \(page.limit + 1)
            """, User.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.id.uuid).text }
    }

    /// Locks the user, and the owners before: of two who are taken out at once the second one sees that the
    /// first is gone.
    static func lock(_ id: UserID, in tx: Transaction) async throws -> (user: User, isLastOwner: Bool)? {
        let owners = try await tx.all("SELECT id FROM users WHERE role = 'owner' ORDER BY id FOR UPDATE") {
            try $0["id"] as UserID
        }
        let user = try await tx.first(
            "SELECT \(columns) FROM users WHERE id = \(id) FOR UPDATE", User.init(row:))
        return user.map { ($0, owners == [id]) }
    }

    func insert(_ hash: PasswordHash, in tx: Transaction) async throws {
        let problems = [
            "users_email_key": IdentityProblem.emailTaken,
            "users_customer_fkey": IdentityProblem.unknownCustomer,
        ]
        try await refusing(problems) {
            try await tx.run(
                """
                INSERT INTO users (tenant_id, id, email, email_folded, name, role, customer_id, password_hash,
                    version, recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(email), \(email.folded), \(name), \(role), \(customer),
                    \(hash.text), \(version), \(recordedAt))
                """)
        }
    }

    /// Writes what may change, if nobody did so meanwhile, and returns the user as it stands then.
    func update(in tx: Transaction) async throws -> User {
        let updated = try await tx.first(
            """
            UPDATE users SET name = \(name), role = \(role), version = version + 1
            WHERE id = \(id) AND version = \(version)
            RETURNING \(User.columns)
            """, User.init(row:))
        guard let updated else { throw Problem.stale }
        return updated
    }

    /// Nil when the password is not any more the one that was compared.
    static func replace(
        _ known: Credentials, by hash: PasswordHash, in tx: Transaction
    ) async throws -> User? {
        try await tx.first(
            """
            UPDATE users SET password_hash = \(hash.text), version = version + 1
            WHERE id = \(known.user.id) AND password_hash = \(known.passwordHash.text)
            RETURNING \(columns)
            """, User.init(row:))
    }

    func delete(in tx: Transaction) async throws {
        try await tx.run("DELETE FROM users WHERE id = \(id)")
    }
}
