package import Kernel
package import Tenancy
import Web

struct GroupPath: Codable, Sendable {
    let id: CustomerGroupID
}

struct GroupQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct GroupName: Codable, Sendable {
    let name: Text<1, 120>
}

struct GroupBody: Versioned, Codable, Sendable {
    let id: CustomerGroupID
    let name: Text<1, 120>
    let version: Int
}

extension GroupBody {
    init(_ group: CustomerGroup) {
        self.init(id: group.id, name: group.name, version: group.version)
    }
}

extension CustomerGroup: PolicyHolder {
    package typealias HolderKind = CustomerGroupKind
    package static var policyLevel: PolicyLevel { .customerGroup }
}
