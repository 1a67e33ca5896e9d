import Kernel
import Web

struct FamilyPath: Codable, Sendable {
    let id: ProductFamilyID
}

struct PageQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct FamilyName: Codable, Sendable {
    let name: Text<1, 120>
}

struct FamilyBody: Versioned, Codable, Sendable {
    let id: ProductFamilyID
    let name: Text<1, 120>
    let version: Int
}

extension FamilyBody {
    init(_ family: ProductFamily) {
        self.init(id: family.id, name: family.name, version: family.version)
    }
}
