package import Kernel

/// The clock of a sandbox. It stands still until somebody moves it, and then goes day by day.
package struct SandboxClock: Sendable, Hashable {
    package let today: Day
    /// Where it is going; nil while it stands.
    package let advance: Advance?

    /// A move that was asked for and is not done yet.
    package struct Advance: Sendable, Hashable {
        /// Where it stood when it was asked for.
        package let from: Day
        package let target: Day
        package let askedAt: Instant
    }

    /// One call moves it at most so far.
    private static let limitMonths = 24

    /// The move to `target`. Throws `invalid` about `/to` unless that is a day ahead, and not too far.
    package func move(to target: Day, askedAt: Instant) throws -> Advance {
        let horizon = Interval(1, .month).flatMap { today.adding(SandboxClock.limitMonths, $0) } ?? .last
        guard target > today, target <= horizon else {
            throw Problem.invalid.with(errors: [
                FieldError("/to", "must be after today, \(today), and at most two years ahead, \(horizon)")
            ])
        }
        return Advance(from: today, target: target, askedAt: askedAt)
    }
}
