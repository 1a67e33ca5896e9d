import Foundation
import Kernel
import Testing

@Suite("Roles")
struct RoleTests {
    static let table: [(role: Role, read: Bool, write: Bool, manage: Bool)] = [
        (.owner, true, true, true), (.admin, true, true, true), (.staff, true, true, false),
        (.readOnly, true, false, false), (.customer, false, false, false),
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
        #expect(Role.allCases.map(\.rawValue) == ["owner", "admin", "staff", "read_only", "customer"])
    }

    @Test("A customer's user may do what is marked for customers or everybody, and nothing else")
    func reach() {
        for level in Permission.Level.allCases {
            for reach in [Permission.Reach.staff, .managers] {
                #expect(!Role.customer.allows(Permission("anything", level, reach: reach)))
            }
            for reach in [Permission.Reach.customers, .everybody] {
                #expect(Role.customer.allows(Permission("anything", level, reach: reach)))
            }
        }
    }

    @Test("What is marked for customers is no easier to come by for the provider's users")
    func customersAndStaff() {
        for level in Permission.Level.allCases {
            for role in Role.allCases where role != .customer {
                #expect(
                    role.allows(Permission("anything", level, reach: .customers))
                        == role.allows(Permission("anything", level)))
            }
        }
    }

    @Test("What is personal is for owners and admins, what is one's own for everybody")
    func personal() {
        for role in Role.allCases {
            #expect(
                role.allows(Permission("sessions", .read, reach: .managers))
                    == [.owner, .admin].contains(role))
            #expect(role.allows(Permission("me", .write, reach: .everybody)))
        }
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
