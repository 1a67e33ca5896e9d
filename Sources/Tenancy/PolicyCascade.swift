package import BillingMath
import Platform
package import Postgres
package import Web

/// What is set at one level, for one object: nothing for most.
package struct PolicySettings: Hashable, Sendable {
    package static let none = PolicySettings()

    /// By the name of the policy.
    package private(set) var values: [String: JSONValue] = [:]

    package init() {}

    package subscript<Value>(policy: Policy<Value>) -> Value? {
        get { values.isEmpty ? nil : values[policy.name].flatMap(Value.init(json:)) }
        set { values[policy.name] = newValue?.json }
    }

    /// Null takes away what was set, so that the next level counts again; what has no name here stays.
    package mutating func apply(_ changes: [String: JSONValue]) {
        for (name, value) in changes { values[name] = value == .null ? nil : value }
    }
}

extension PolicySettings {
    /// As the database keeps them.
    package init(stored text: JSONText) throws {
        if text.text != "{}" { values = try text.decode() }
    }

    package var stored: JSONText {
        get throws { try JSONText(encoding: values) }
    }
}

/// What is set at each level that counts for one object.
package struct PolicyCascade: Hashable, Sendable {
    package let tenant: PolicySettings
    package let customerGroup: PolicySettings
    package let customer: PolicySettings
    package let subscription: PolicySettings

    package init(
        tenant: PolicySettings, customerGroup: PolicySettings = .none, customer: PolicySettings = .none,
        subscription: PolicySettings = .none
    ) {
        self.tenant = tenant
        self.customerGroup = customerGroup
        self.customer = customer
        self.subscription = subscription
    }

    /// The same for one of the customer's subscriptions.
    package func with(subscription: PolicySettings) -> PolicyCascade {
        PolicyCascade(
            tenant: tenant, customerGroup: customerGroup, customer: customer, subscription: subscription)
    }

    package subscript(level: PolicyLevel) -> PolicySettings {
        switch level {
        case .system: .none
        case .tenant: tenant
        case .customerGroup: customerGroup
        case .customer: customer
        case .subscription: subscription
        }
    }

    /// What the nearest level says that says anything, and which that is.
    package func effective<Value>(_ policy: Policy<Value>) -> Effective<Value> {
        if let value = subscription[policy] { return Effective(value: value, level: .subscription) }
        if let value = customer[policy] { return Effective(value: value, level: .customer) }
        if let value = customerGroup[policy] { return Effective(value: value, level: .customerGroup) }
        if let value = tenant[policy] { return Effective(value: value, level: .tenant) }
        return Effective(value: policy.shipped, level: .system)
    }

    package func value<Value>(_ policy: Policy<Value>) -> Value {
        effective(policy).value
    }

    /// The same for the explanation of a line.
    package func applied<Value>(_ policy: Policy<Value>) -> AppliedPolicy {
        let effective = effective(policy)
        let value: AppliedPolicy.Value =
            switch effective.value.json {
            case .integer(let number): .whole(number)
            case let other: .word(other.text ?? "")
            }
        return AppliedPolicy(name: policy.name, value: value, level: effective.level.rawValue)
    }
}

/// What a policy comes to, and the level that won.
package struct Effective<Value: PolicyValue>: Hashable, Sendable {
    package let value: Value
    package let level: PolicyLevel
}
