import Foundation
import Kernel
package import Postgres

/// An event on its way to one subscriber.
struct Delivery: Sendable {
    let subscriber: String
    let event: Event
    /// Of whatever caused the event; nil when that was not traced.
    let trace: TraceID?
    /// How often a dispatcher took it, with this time.
    let attempts: Int

    /// What the job of a delivery that failed is given: it finds the delivery again.
    struct Key: Codable {
        let object: UUID
        let version: Int
        let event: UUID
    }

    var key: Key {
        Key(object: event.objectID, version: event.objectVersion, event: event.id.uuid)
    }
}

extension Subscriber {
    /// Brings this subscriber what it failed to take: a job like any other, with the same pauses and the same
    /// end. While it is there, dead or alive, later events of the same object wait.
    package func job(on database: Database) -> JobDefinition {
        JobDefinition(Subscriber.jobKind(of: name)) { scope, payload in
            let key = try payload.decode(Delivery.Key.self)
            let delivery = try await database.read(scope) { tx in
                try await Delivery.find(key, of: name, in: tx)
            }
            if let delivery { try await run(scope, delivery.event) }
        }
    }

    static func jobKind(of name: String) -> String { "event:\(name)" }
}
