/// What a role may be allowed to do, by name: `catalog.write`.
package struct Permission: Hashable, Sendable {
    /// How much it takes. A role allows a level in every capability, so a new capability needs no new table.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        /// See.
        case read
        /// Do the daily work: create, change, bill.
        case write
        /// Change how the company works: settings, users, roles.
        case manage

        package static func < (left: Level, right: Level) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    /// Whom a permission can reach at all. What does not say so reaches a customer's users never.
    package enum Reach: Sendable {
        /// The provider's users whose role has the level.
        case staff
        /// Owners and admins, for what is personal, whatever its level.
        case managers
        /// As `staff`, and a customer's users: on its rows, which are all that they see.
        case customers
        /// Whoever has signed in, for what is nobody's but theirs.
        case everybody
    }

    package let capability: String
    package let level: Level
    package let reach: Reach

    package init(_ capability: String, _ level: Level, reach: Reach = .staff) {
        self.capability = capability
        self.level = level
        self.reach = reach
    }

    package var name: String { "\(capability).\(level.rawValue)" }
}

/// The roles of those who sign in.
package enum Role: String, Codable, Sendable, CaseIterable {
    case owner, admin, staff
    case readOnly = "read_only"
    /// Somebody of a customer, not of the provider.
    case customer

    /// Owners and admins may do everything in their tenant; they differ in that only owners make owners.
    package func allows(_ permission: Permission) -> Bool {
        switch (permission.reach, self) {
        case (.everybody, _), (.customers, .customer): true
        case (.managers, _): isManager
        case (.staff, _), (.customers, _): has(permission.level)
        }
    }

    package var isManager: Bool { self == .owner || self == .admin }

    private func has(_ level: Permission.Level) -> Bool {
        switch self {
        case .owner, .admin: true
        case .staff: level <= .write
        case .readOnly: level == .read
        case .customer: false
        }
    }
}
