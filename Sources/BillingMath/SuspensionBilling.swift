/// What is billed of a subscription that is suspended.
package enum SuspensionBilling: String, Codable, Sendable, CaseIterable {
    /// No term that starts meanwhile. When it is resumed, the rest of the running term is billed.
    case skip
    /// As if it were not suspended.
    case billOn = "bill_on"
    /// Nothing meanwhile, and all that was missed when it is resumed.
    case billMissed = "bill_missed"
}
