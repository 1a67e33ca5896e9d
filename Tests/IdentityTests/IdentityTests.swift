import Foundation
import Kernel
import Limits
import Logging
import Platform
import Postgres
import Tenancy
import Testing
import Web

@testable import Identity

struct IdentityTests {
    /// On a database that nobody can reach: what is tested here must not need one.
    private let identity: Identity = {
        let pool = ConnectionPool(PostgresSettings(url: "host=/nowhere"), logger: Logger(label: "test"))
        let database = Database(pool)
        let tenants = Tenants(database: database, system: SystemDatabase(pool), clock: .system)
        let secrets = SecretBox(secret: SecretBox.newSecret())!
        return Identity(
            database: database, tenants: tenants, keys: KeyStore().process(),
            passwords: PasswordHasher(cost: 4), secrets: secrets, clock: .system,
            limits: RateLimits(
                .off, redis: nil, secrets: secrets, clock: .system, logger: Logger(label: "test")))
    }()

    @Test("the endpoints ask for the documented permissions")
    func permissions() {
        let declared = identity.endpoints.map {
            "\($0.route) \($0.permission?.name ?? "public") \($0.status)"
        }
        #expect(
            declared == [
                "POST /v1/sign-ins public 201", "POST /v1/token-refreshes public 201",
                "DELETE /v1/me/session me.write 204", "GET /v1/me/sessions me.read 200",
                "DELETE /v1/me/sessions/{id} me.write 204", "DELETE /v1/me/sessions me.write 204",
                "GET /v1/users/{id}/sessions sessions.read 200",
                "DELETE /v1/users/{id}/sessions sessions.manage 204",
                "GET /v1/me me.read 200", "PUT /v1/me/password me.write 204",
                "GET /v1/users users.read 200", "POST /v1/users users.manage 201",
                "GET /v1/users/{id} users.read 200", "PATCH /v1/users/{id} users.manage 200",
                "DELETE /v1/users/{id} users.manage 204", "GET /.well-known/jwks.json public 200",
            ])
    }

    @Test("a sign-in whose fields break their rules is refused before anything is looked up, and never cited")
    func fields() async throws {
        let signIn = try #require(identity.endpoints.first { $0.about.name == "signIn" })
        var call = Call(requestID: "req")
        call.contentType = "application/json"
        call.body = Data(#"{"company": "No!", "email": "nobody", "password": "tooshort1"}"#.utf8)
        let problem = try await #require(throws: Problem.self) {
            try await signIn.run(call) { _, _ in throw Problem.unavailable }
        }
        #expect(problem.status == 422)
        #expect(Set(problem.errors.map(\.pointer)) == ["/company", "/email", "/password"])
        #expect(!"\(problem)".contains("tooshort1"))
    }

    @Test("a bearer that is no token is refused before anything is looked up")
    func bearer() async throws {
        await #expect(throws: Problem.unauthenticated) {
            try await identity.authenticate(bearer: "nonsense", host: HostName("billing.example.com"))
        }
    }

    @Test("only owners make owners", arguments: Role.allCases)
    func owners(role: Role) async throws {
        let password = try #require(Password("correct horse"))
        let draft = Users.Draft(
            email: User.example().email, name: User.example().name, role: .owner, password: password)
        let actor = Actor(.user(.new()), role: role, scope: TenantScope(.new()))
        if role == .owner {
            #expect(throws: Never.self) { try draft.require(by: actor) }
        } else {
            await #expect(throws: IdentityProblem.ownersOnly) {
                try await identity.users.prepare(draft, by: actor)
            }
        }
    }

    @Test("the actor behind no sign-in is nobody")
    func automation() async throws {
        let actor = Actor(.automation, role: .owner, scope: TenantScope(.new()))
        await #expect(throws: Problem.unauthenticated) { try await identity.users.me(actor) }
    }
}
