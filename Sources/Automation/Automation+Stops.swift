package import Kernel
package import Platform
package import Web

/// The verbs on emergency stops. A user's is the company's, the command line's the operator's.
extension Automation {
    /// Has no automation begin, and what runs halt at its next checkpoint. A stop of the same level that
    /// holds already stays as it is.
    package func stop(_ reason: Text<1, 500>, in change: Change) async throws -> Changed<Status> {
        let before = try await status(in: change.tx)
        let stop = AutomationStop(
            level: .init(of: change.actor), reason: reason, stoppedBy: change.actor.user,
            stoppedAt: change.now)
        try await stop.insert(in: change.tx)
        return Changed(from: before, to: try await status(in: change.tx))
    }

    /// Lifts the actor's stop, if there is one. When none is left, what waited goes on at once.
    package func resume(in change: Change) async throws -> Changed<Status> {
        let before = try await status(in: change.tx)
        try await AutomationStop.lift(
            .init(of: change.actor), by: change.actor.user, in: change.tx, at: change.now)
        if try await AutomationStop.holding(in: change.tx).isEmpty {
            try await AutomationSchedule.look(at: change.now, in: change.tx)
            try await Job.hasten(AutomationRuns.jobKind, in: change.tx, at: change.now)
        }
        return Changed(from: before, to: try await status(in: change.tx))
    }
}
