import Foundation
package import Kernel

/// What a change did, as its answer and the audit log tell it.
package struct Effect<Output: Codable & Sendable>: Sendable {
    package let output: Output
    let before: JSONValue?
    /// Nil when nothing was there, or it counts no versions.
    let versionBefore: Int?
    /// Whether the output shows the object as it is now. Otherwise it is gone, or there is nothing to show.
    let showsAfter: Bool

    private init(output: Output, before: (any Encodable)?, showsAfter: Bool) throws {
        self.output = output
        self.before = try before.map { try JSONValue(describing: $0) }
        versionBefore = (before as? any Versioned)?.version
        self.showsAfter = showsAfter
    }

    package static func created(_ output: Output) throws -> Effect {
        try Effect(output: output, before: nil, showsAfter: true)
    }

    /// `before` is nil when the object was made by this change.
    package static func changed(from before: Output?, to after: Output) throws -> Effect {
        try Effect(output: after, before: before, showsAfter: true)
    }
}

extension Effect where Output == NoContent {
    package static func removed(_ object: some Encodable) throws -> Effect {
        try Effect(output: NoContent(), before: object, showsAfter: false)
    }

    /// Something that the audit log must not show, such as a password, or where somebody signs in from.
    package static func hidden() throws -> Effect {
        try Effect(output: NoContent(), before: nil, showsAfter: false)
    }
}

/// An object before and after a change; before is nil when the change has made it.
package struct Changed<Object: Sendable>: Sendable {
    package let before: Object?
    package let after: Object

    package init(from before: Object?, to after: Object) {
        self.before = before
        self.after = after
    }

    /// The effect in the type that goes over the wire.
    package func told<Output>(_ describe: (Object) throws -> Output) throws -> Effect<Output> {
        try .changed(from: before.map(describe), to: describe(after))
    }
}

/// What the store keeps of a change that was carried out: its answer, and the object before and after.
package struct Outcome: Sendable {
    package let answer: Answer
    package let before: JSONValue?
    package let after: JSONValue?
    /// The version of what was there; nil when nothing was, or it counts none.
    package let versionBefore: Int?

    init<Output>(_ effect: Effect<Output>, answer: Answer) throws {
        self.answer = answer
        before = effect.before?.asAudited
        versionBefore = effect.versionBefore
        after =
            effect.showsAfter
            ? try answer.body.map { try JSONDecoder().decode(JSONValue.self, from: $0).asAudited } : nil
    }

    /// Of a change that no request asked for, and nobody waits for the answer of.
    package init<Output>(_ effect: Effect<Output>) throws {
        let body = Output.self == NoContent.self ? nil : try WireFormat.encode(effect.output)
        try self.init(effect, answer: Answer(status: body == nil ? 204 : 200, body: body))
    }

    /// The id that the object shows; nil for one without.
    package var objectID: String? { before?["id"].text ?? after?["id"].text }

    /// The customer whose data this is; nil when it is nobody's.
    package var customer: CustomerID? {
        let shown = after ?? before ?? .null
        return [shown["id"], shown["customer_id"], shown["customer"]["id"]].lazy
            .compactMap { $0.text.flatMap(CustomerID.init) }.first
    }
}

extension JSONValue {
    /// As it goes over the wire.
    fileprivate init(describing value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: try WireFormat.encode(value))
    }

    /// Without what is the asker's and not the object's.
    fileprivate var asAudited: JSONValue {
        guard case .object(var fields) = self else { return self }
        fields["actions"] = nil
        return .object(fields)
    }
}
