import Kernel
package import Tenancy
import Web

package struct AutomationBody: Codable, Sendable {
    /// The hour of your day at which it is due; a setting.
    let hour: Int
    let timeZone: ZoneName
    package let isStopped: Bool
    /// The stops that hold: your company's own, the operator's, or both.
    let stops: [StopBody]
    /// May have passed: then it is about to begin. Null in a sandbox, and while it is stopped.
    let nextRunAt: Instant?
    let lastRun: AutomationRunBody?
}

struct StopBody: Codable, Sendable {
    let level: AutomationStop.Level
    let reason: Text<1, 500>
    /// Your company's user who stopped it; null for the operator of this installation.
    let stoppedBy: UserID?
    let stoppedAt: Instant
}

struct NewStop: Codable, Sendable {
    let reason: Text<1, 500>
}

struct NewAdvance: Codable, Sendable {
    /// After the sandbox's today, and at most two years ahead.
    let to: Day
}

package struct SandboxClockBody: Codable, Sendable {
    enum State: String, Codable, Sendable, CaseIterable {
        case ready, advancing
    }

    let today: Day
    let state: State
    /// Null while the clock stands.
    let advance: AdvanceBody?
}

struct AdvanceBody: Codable, Sendable {
    let from: Day
    let to: Day
    /// So many of its days lie behind.
    let daysDone: Int
    let days: Int
    let askedAt: Instant
}

extension AutomationBody {
    package init(_ status: Automation.Status) {
        self.init(
            hour: status.settings.hour, timeZone: status.settings.zone, isStopped: !status.stops.isEmpty,
            stops: status.stops.map {
                StopBody(
                    level: $0.level, reason: $0.reason, stoppedBy: $0.stoppedBy, stoppedAt: $0.stoppedAt)
            }, nextRunAt: status.next?.dueAt, lastRun: status.last.map(AutomationRunBody.init))
    }
}

extension SandboxClockBody {
    package init(_ clock: SandboxClock) {
        self.init(
            today: clock.today, state: clock.advance == nil ? .ready : .advancing,
            advance: clock.advance.map { advance in
                AdvanceBody(
                    from: advance.from, to: advance.target,
                    daysDone: advance.from.days(until: clock.today),
                    days: advance.from.days(until: advance.target), askedAt: advance.askedAt)
            })
    }
}
