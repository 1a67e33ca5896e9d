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

    package let capability: String
    package let level: Level

    package init(_ capability: String, _ level: Level) {
        self.capability = capability
        self.level = level
    }

    package var name: String { "\(capability).\(level.rawValue)" }
}

/// The roles of a provider's users.
package enum Role: String, Codable, Sendable, CaseIterable {
    case owner, admin, staff
    case readOnly = "read_only"

    /// Owners and admins may do everything in their tenant; they differ in that only owners make owners.
    package func allows(_ permission: Permission) -> Bool {
        switch self {
        case .owner, .admin: true
        case .staff: permission.level <= .write
        case .readOnly: permission.level == .read
        }
    }
}
