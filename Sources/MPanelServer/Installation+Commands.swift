package import Identity
package import Kernel
import Platform
import Web

/// What the operator changes by the command line passes the same way as what the API changes: nothing of it
/// is missing from the audit log.
extension Installation {
    @discardableResult
    func carryOut<Output: Codable & Sendable>(
        _ verb: String, of scope: TenantScope, _ body: @Sendable (Change) async throws -> Effect<Output>
    ) async throws -> Output {
        let actor = Actor(.operatorCommand, role: .owner, scope: scope)
        return try await commands.carryOut(verb, by: actor, body)
    }

    /// Throws as `Users.prepare` and `create` do.
    @discardableResult
    package func create(_ draft: Users.Draft, in scope: TenantScope) async throws -> UserBody {
        let actor = Actor(.operatorCommand, role: .owner, scope: scope)
        let hash = try await identity.users.prepare(draft, by: actor)
        return try await carryOut("createUser", of: scope) { change in
            try .created(UserBody(try await identity.users.create(draft, hash, in: change)))
        }
    }
}
