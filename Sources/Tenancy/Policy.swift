package import BillingMath
package import Kernel
package import Web

/// Where a policy may be set, from the farthest level to the nearest: the nearest wins. The raw values stand
/// in the API and in explanations.
package enum PolicyLevel: String, Codable, Sendable, CaseIterable {
    /// What MPanel ships with. It is set nowhere.
    case system
    case tenant
    case customerGroup = "customer_group"
    case customer, subscription
}

/// One thing that a company may decide, and may decide otherwise for some: how it is called, which values it
/// has, what holds where nobody has set it, and how near it may be set.
package struct Policy<Value: PolicyValue>: Sendable {
    /// In the API, in SQL and in explanations.
    package let name: String
    /// MPanel's own choice, the system's level.
    package let shipped: Value
    /// The levels at which it may be set.
    package let levels: [PolicyLevel]
    /// What it decides, for the reference.
    package let about: String

    /// May be set by the company, and at every level from there to `nearest`.
    init(_ name: String, downTo nearest: PolicyLevel, shipped: Value, _ about: String) {
        self.name = name
        self.shipped = shipped
        self.about = about
        let levels = PolicyLevel.allCases.dropFirst()
        self.levels = levels.firstIndex(of: nearest).map { Array(levels[...$0]) } ?? []
    }
}

/// What a policy may say, as JSON: a text from a closed list, or a whole number between two bounds.
package protocol PolicyValue: Hashable, Sendable {
    static var policySchema: JSONSchema { get }
    var json: JSONValue { get }

    /// Nil for any other JSON.
    init?(json: JSONValue)
}

extension Whole: PolicyValue {
    package static var policySchema: JSONSchema { schema }
    package var json: JSONValue { .integer(Int64(value)) }

    package init?(json: JSONValue) {
        guard let number = json.integer.flatMap(Int.init(exactly:)) else { return nil }
        self.init(number)
    }
}

extension PolicyValue where Self: RawRepresentable<String> & CaseIterable {
    package static var policySchema: JSONSchema {
        var schema = JSONSchema(.choice(allCases.map(\.rawValue)))
        schema.name = String(describing: Self.self)
        return schema
    }
    package var json: JSONValue { .string(rawValue) }

    package init?(json: JSONValue) {
        guard let text = json.text else { return nil }
        self.init(rawValue: text)
    }
}

extension TaxRounding: PolicyValue {}
extension EUConsumerRates: PolicyValue {}
extension Proration.Unit: PolicyValue {}
extension Proration.ChangeDay: PolicyValue {}
extension Rounding: PolicyValue {}
extension SuspensionBilling: PolicyValue {}
extension PriceFollowing: PolicyValue {}
