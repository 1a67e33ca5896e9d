import Foundation
import Kernel
import Testing

@Suite("Roles")
struct RoleTests {
    static let table: [(role: Role, read: Bool, write: Bool, manage: Bool)] = [
        (.owner, true, true, true), (.admin, true, true, true), (.staff, true, true, false),
        (.readOnly, true, false, false),
    ]

    @Test("A role allows a level in every capability", arguments: table)
    func allows(role: Role, read: Bool, write: Bool, manage: Bool) {
        for capability in ["catalog", "invoicing", "anything"] {
            #expect(role.allows(Permission(capability, .read)) == read)
            #expect(role.allows(Permission(capability, .write)) == write)
            #expect(role.allows(Permission(capability, .manage)) == manage)
        }
    }

    @Test("Every role is in the table, under the name that is stored")
    func names() {
        #expect(Set(Self.table.map(\.role)) == Set(Role.allCases))
        #expect(Role.allCases.map(\.rawValue) == ["owner", "admin", "staff", "read_only"])
    }

    @Test("Levels are ordered, and a permission is named by capability and level")
    func levels() {
        #expect(Permission.Level.read < .write)
        #expect(Permission.Level.write < .manage)
        #expect(!(Permission.Level.manage < .read))
        #expect(Permission("catalog", .write).name == "catalog.write")
    }

    @Test("An actor may do what its role may")
    func actor() {
        let scope = TenantScope(.new(), customer: nil)
        #expect(Actor(.user(.new()), role: .staff, scope: scope).may(Permission("catalog", .write)))
        #expect(!Actor(.user(.new()), role: .readOnly, scope: scope).may(Permission("catalog", .write)))
    }
}

@Suite("Pages")
struct PageTests {
    @Test("The surplus row only tells that there is a next page")
    func surplus() {
        let full = Page(fetched: [1, 2, 3], limit: 2) { "\($0)" }
        #expect(full.items == [1, 2])
        #expect(full.nextCursor == "2")
        let last = Page(fetched: [1, 2], limit: 2) { "\($0)" }
        #expect(last.items == [1, 2])
        #expect(last.nextCursor == nil)
        let empty = Page(fetched: [Int](), limit: 2) { "\($0)" }
        #expect(empty.items == [])
        #expect(empty.nextCursor == nil)
        #expect(full.map { $0 * 10 }.items == [10, 20])
        #expect(full.map { $0 * 10 }.nextCursor == "2")
    }
}
