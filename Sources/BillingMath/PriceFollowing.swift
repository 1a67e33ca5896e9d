/// Whether what was sold at a price takes part in a change of the price.
package enum PriceFollowing: String, Codable, Sendable, CaseIterable {
    /// From its first term on that starts on or after the day of the change.
    case follow
    /// It keeps the price that it was sold at: it is grandfathered.
    case keep
}
