/// How long things took: how many not longer than each bound, and all together.
package struct Buckets: Hashable, Sendable {
    /// Seconds. From a statement answered from memory to a request that was given up.
    package static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    /// Of each bucket alone; the last has no bound.
    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var seconds = 0.0

    package init() {}

    package var count: Int { counts.reduce(0, +) }

    package mutating func add(_ duration: Duration) {
        let taken = duration / .seconds(1)
        // Most things are fast: the search from below ends soonest.
        counts[Buckets.bounds.firstIndex { taken <= $0 } ?? Buckets.bounds.count] += 1
        seconds += taken
    }
}
