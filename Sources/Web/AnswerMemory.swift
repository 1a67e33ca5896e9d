package import Kernel

extension API {
    /// Who is let in, and what became known with it.
    package struct Admission: Sendable {
        package let actor: Actor
        /// Nil: no limit applies, or nobody can tell now.
        package let rate: RateDecision?
        /// Of the actor's tenant, from before this request looks anything up; nil when nobody knows.
        package let edition: Edition?

        package init(_ actor: Actor, rate: RateDecision?, edition: Edition? = nil) {
            self.actor = actor
            self.rate = rate
            self.edition = edition
        }
    }
}

/// What remembers answers, as closures: Web knows no store.
package struct AnswerMemory: Sendable {
    /// The answer that was given in the question's edition, or else that of the closure, which it keeps.
    package typealias Remember =
        @Sendable (Recollection, () async throws -> Answer) async throws -> Answer
    /// Begins another edition of a tenant's data: what was answered before is not answered again.
    package typealias Renew = @Sendable (TenantID) async throws -> Void

    let remember: Remember
    private let renew: Renew

    package init(remember: @escaping Remember, renew: @escaping Renew) {
        self.remember = remember
        self.renew = renew
    }

    static let none = AnswerMemory(remember: { _, answer in try await answer() }, renew: { _ in })

    /// Runs a change, and answers only when its edition has begun: whoever was answered finds what they wrote
    /// on every server.
    func renewing(_ tenant: TenantID, _ change: () async throws -> Answer) async throws -> Answer {
        let answer: Answer
        do {
            answer = try await change()
        } catch let problem as Problem {
            // A refusal has changed nothing.
            throw problem
        } catch {
            // It may have been committed for all that.
            try? await renew(tenant)
            throw error
        }
        try await renew(tenant)
        return answer
    }
}

/// A request whose answer may be remembered.
package struct Recollection: Sendable {
    package let tenant: TenantID
    package let edition: Edition
    /// All that the answer depends on beside the tenant's data: the request, and the role, by which the
    /// actions differ.
    package let key: String

    /// A page behind the first is hardly asked twice.
    private static let longestQuery = 100

    /// Nil for what is looked up each time: what the endpoint says, whatever a customer asks, and everything
    /// while nobody knows the edition.
    init?(of call: Call, to endpoint: Endpoint) {
        guard endpoint.about.isRemembered, let actor = call.actor, actor.scope.customer == nil,
            let edition = call.edition
        else { return nil }
        let query = call.query ?? ""
        guard query.utf8.count <= Recollection.longestQuery, !query.contains("cursor") else { return nil }
        tenant = actor.scope.tenant
        self.edition = edition
        let path = endpoint.route.placeholders.map { call.path[$0] ?? "" }
        key = ([endpoint.about.name, actor.role.rawValue] + path + [query]).joined(separator: " ")
    }
}
