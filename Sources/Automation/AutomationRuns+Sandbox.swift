package import Kernel
package import Platform
import Postgres
package import Tenancy
package import Web

/// The days of a sandbox: its clock moves when a day's run has ended, in the same transaction, and so does
/// the next day's run begin. Nothing but that chain moves it, so it can be killed anywhere and goes on once.
extension AutomationRuns {
    /// The sandbox's clock. Throws `notASandbox`.
    package func sandboxClock(_ scope: TenantScope) async throws -> SandboxClock {
        try await database.read(scope) { tx in try await require(SandboxClock.find(in: tx)) }
    }

    /// Sends the clock of a sandbox to `target`, with the automation of each day on the way. Throws
    /// `notASandbox`, `clockAdvancing`, and `invalid` about `/to`.
    package func advance(to target: Day, in change: Change) async throws -> Changed<SandboxClock> {
        let clock = try await require(SandboxClock.lock(in: change.tx))
        if clock.advance != nil { throw AutomationProblem.clockAdvancing }
        let advance = try clock.move(to: target, askedAt: change.now)
        try await walk(from: clock.today, advance, in: change.tx)
        return Changed(from: clock, to: try await require(SandboxClock.find(in: change.tx)))
    }

    func goOn(afterSandboxDay day: Day, in tx: Transaction) async throws {
        // The day of a run that a person had tried again may lie long behind.
        guard let clock = try await SandboxClock.lock(in: tx), let advance = clock.advance, clock.today == day
        else { return }
        try await walk(from: day, advance, in: tx)
    }

    /// Goes to the next day whose automation is still to be done, today's included, and begins it there.
    private func walk(from today: Day, _ advance: SandboxClock.Advance, in tx: Transaction) async throws {
        let hour = try await tenants.calendar(in: tx).settings.automationHour
        for day in sequence(first: today, next: { $0.adding(days: 1) }) {
            try await SandboxClock.set(today: day, advance, in: tx)
            let run = try await begin(day, at: nil, hour: hour, in: tx)
            if !run.state.isEnd { return }
            if day == advance.target { return try await SandboxClock.set(today: day, nil, in: tx) }
        }
    }

    private func require(_ clock: SandboxClock?) throws -> SandboxClock {
        guard let clock else { throw AutomationProblem.notASandbox }
        return clock
    }
}
