/// Whose rows a transaction may touch. PostgreSQL enforces it: without a tenant there are no rows.
package struct TenantScope: Hashable, Sendable {
    package let tenant: TenantID
    /// Set for a customer's own users: they see their customer's rows only.
    package let customer: CustomerID?

    package init(_ tenant: TenantID, customer: CustomerID? = nil) {
        self.tenant = tenant
        self.customer = customer
    }
}

/// Who acts. Every verb that changes something takes one.
package struct Actor: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A person who signed in.
        case user(UserID)
        /// The command line on the server itself.
        case operatorCommand
        /// MPanel's own schedules.
        case automation
    }

    package let kind: Kind
    package let role: Role
    package let scope: TenantScope
    /// What a user signed in to; nil for who acts without signing in.
    package let session: SessionID?

    package init(_ kind: Kind, role: Role, scope: TenantScope, session: SessionID? = nil) {
        self.kind = kind
        self.role = role
        self.scope = scope
        self.session = session
    }

    /// The same with the role that the user has by now.
    package func with(role: Role) -> Actor {
        Actor(kind, role: role, scope: scope, session: session)
    }

    /// Tells this actor from every other of its tenant, in limits, keys and logs of what was done.
    package var principal: String {
        switch kind {
        case .user(let user): "\(user)"
        case .operatorCommand: "operator"
        case .automation: "automation"
        }
    }

    package func may(_ permission: Permission) -> Bool {
        role.allows(permission)
    }
}
