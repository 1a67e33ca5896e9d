package import Kernel
package import Web

/// What policies can be set for: it says at which level, and what its ids are called.
package protocol PolicyHolder {
    associatedtype HolderKind: IDKind
    static var policyLevel: PolicyLevel { get }
}

extension Tenant: PolicyHolder {
    package typealias HolderKind = TenantKind
    package static var policyLevel: PolicyLevel { .tenant }
}

/// The policies that count for one object, each with its value, the level that won, and what is set here.
package struct PoliciesBody<Holder: PolicyHolder>: Versioned, Codable, Sendable {
    package let id: ID<Holder.HolderKind>
    /// Of the object: setting a policy changes it.
    package let version: Int
    private let policies: JSONValue

    package init(_ id: ID<Holder.HolderKind>, version: Int, _ cascade: PolicyCascade) {
        self.id = id
        self.version = version
        let set = cascade[Holder.policyLevel].values
        policies = .object(
            Dictionary(
                uniqueKeysWithValues: Policies.all.map { policy in
                    let (value, level) = policy.answer(of: cascade)
                    return (
                        policy.name,
                        ["value": value, "level": .string(level.rawValue), "set": set[policy.name] ?? .null]
                    )
                }))
    }
}

extension PoliciesBody: HasSchema {
    package static var schema: JSONSchema {
        var level = JSONSchema(.choice(PolicyLevel.allCases.map(\.rawValue)))
        level.name = "PolicyLevel"
        let fields = Policies.all.map { policy in
            var schema = JSONSchema(
                .object([
                    .init(name: "value", schema: policy.schema, isRequired: true),
                    .init(name: "level", schema: level, isRequired: true),
                    .init(name: "set", schema: policy.schema.nullable, isRequired: true),
                ]))
            schema.about = policy.about
            return JSONSchema.Field(name: policy.name, schema: schema, isRequired: true)
        }
        var schema = JSONSchema(
            .object([
                .init(name: "id", schema: ID<Holder.HolderKind>.schema, isRequired: true),
                .init(name: "version", schema: .integer(.min ... .max), isRequired: true),
                .init(name: "policies", schema: JSONSchema(.object(fields)), isRequired: true),
            ]))
        schema.name = "\(Holder.self)Policies"
        schema.example = schema.sample(full: true)
        return schema
    }
}

/// What is to be set: null takes an override away, what is absent stays.
package struct PoliciesChange<Holder: PolicyHolder>: Codable, Sendable {
    private let changes: [String: JSONValue]

    package init(from decoder: any Decoder) throws {
        guard case .object(let fields) = try JSONValue(from: decoder) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must be an object"))
        }
        changes = fields
    }

    package func encode(to encoder: any Encoder) throws {
        try JSONValue.object(changes).encode(to: encoder)
    }

    package func apply(to settings: inout PolicySettings) {
        settings.apply(changes)
    }
}

extension PoliciesChange: HasSchema {
    package static var schema: JSONSchema {
        let settable = Policies.all.filter { $0.levels.contains(Holder.policyLevel) }
        var schema = JSONSchema(
            .object(
                settable.map { policy in
                    var value = policy.schema.nullable
                    // A named schema stands in the document once, whoever uses it.
                    if value.name == nil { value.about = policy.about }
                    return .init(name: policy.name, schema: value, isRequired: false)
                }))
        schema.name = "\(Holder.self)PoliciesChange"
        schema.example = schema.sample(full: true)
        return schema
    }
}
