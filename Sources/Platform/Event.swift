package import Foundation
package import Kernel
package import Postgres

/// A fact that others may react to, such as `invoice.issued`. It carries ids and states, never secrets and no
/// more of a person than the id.
package struct Event: Sendable {
    package let id: EventID
    package let type: String
    package let objectID: UUID
    /// The object's version after the fact; orders the events of one object.
    package let objectVersion: Int
    package let payload: JSONText

    package init<Kind: IDKind>(
        _ type: String, _ object: ID<Kind>, version: Int, payload: JSONText = JSONText("{}"),
        id: EventID = .new()
    ) {
        self.id = id
        self.type = type
        objectID = object.uuid
        objectVersion = version
        self.payload = payload
    }
}
