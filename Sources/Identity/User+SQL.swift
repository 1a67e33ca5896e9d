import Kernel
import Platform
import Postgres

extension User {
    private static let columns: SQL = "id, email, name, role, version, recorded_at"

    init(row: Row) throws {
        id = try row["id"]
        email = try row["email"]
        name = try row["name"]
        role = try row["role"]
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
        let found = try await tx.first(
            "SELECT \(columns), password_hash FROM users WHERE email_folded = \(email.folded)"
        ) { row in
            let hash: String = try row["password_hash"]
            return (user: try User(row: row), hash: PasswordHash(hash))
        }
        guard let user = found?.user, let hash = found?.hash else { return nil }
        return Credentials(user: user, passwordHash: hash)
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

    func insert(_ hash: PasswordHash, in tx: Transaction) async throws {
        try await refusing(["users_email_key": IdentityProblem.emailTaken]) {
            try await tx.run(
                """
                INSERT INTO users (tenant_id, id, email, email_folded, name, role, password_hash, version,
                    recorded_at)
                VALUES (\(tx.scope.tenant), \(id), \(email), \(email.folded), \(name), \(role), \(hash.text),
                    \(version), \(recordedAt))
                """)
        }
    }
}
