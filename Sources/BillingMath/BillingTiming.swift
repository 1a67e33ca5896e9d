/// When the terms of a price are billed.
package enum BillingTiming: String, Codable, Sendable, CaseIterable {
    /// When they start.
    case inAdvance = "in_advance"
    /// When what is billed of them ends.
    case inArrears = "in_arrears"
}
