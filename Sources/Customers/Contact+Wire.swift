import Kernel
import Web

struct ContactPath: Codable, Sendable {
    let id: ContactID
}

struct ContactQuery: Codable, Sendable {
    let limit: PageLimit?
    let cursor: Cursor?
}

struct NewContact: Codable, Sendable {
    let name: Text<1, 200>
    let email: EmailAddress
    let phone: Text<1, 40>?
}

/// Absent fields stay as they are; `null` empties those that may be empty.
struct ContactChange: Codable, Sendable {
    let name: Text<1, 200>?
    let email: EmailAddress?
    let phone: Patch<Text<1, 40>>

    func apply(to contact: inout Contact) {
        contact.name = name ?? contact.name
        contact.email = email ?? contact.email
        contact.phone = phone.applied(to: contact.phone)
    }
}

struct ContactBody: Versioned, Codable, Sendable {
    let id: ContactID
    let customerId: CustomerID
    let name: Text<1, 200>
    let email: EmailAddress
    let phone: Text<1, 40>?
    let version: Int
    let recordedAt: Instant
}

extension ContactBody {
    init(_ contact: Contact) {
        self.init(
            id: contact.id, customerId: contact.customer, name: contact.name, email: contact.email,
            phone: contact.phone, version: contact.version, recordedAt: contact.recordedAt)
    }
}
