import ArgumentParser
import Automation
import Kernel
import Platform
import Tenancy
import Web

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Move the clock of a sandbox, and see what its days bring.",
        subcommands: [Advance.self, Clock.self])

    struct Advance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the clock ahead, day by day, with each day's automation.",
            discussion: """
                Works whether or not a server is running. Ended in the middle, it goes on by a running \
                server, or when it is called again with the same day; called once more, it does nothing.
                """)

        @Option(help: "The sandbox's slug.")
        var tenant: String

        @Option(help: "YYYY-MM-DD, at most two years ahead.")
        var to: String

        /// How often it looks how far the clock is.
        private static let lookTime = Duration.milliseconds(200)

        func validate() throws {
            guard Day(to) != nil else { throw ValidationError("--to must be a day such as 2026-12-01.") }
        }

        func run() async throws {
            guard let target = Day(to) else { return }
            try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                let runs = session.installation.automation.runs
                let clock = try await runs.sandboxClock(scope)
                let isThere = clock.advance == nil && clock.today == target
                if !isThere, clock.advance?.target != target {
                    try await session.installation.carryOut("advanceSandboxClock", of: scope) { change in
                        try await runs.advance(to: target, in: change).told { SandboxClockBody($0) }
                    }
                }
                try await walk(session, scope)
                Terminal.endProgress()
                Terminal.print("It is \(target) in \(tenant).")
            }
        }

        /// Does the days, or waits for a server that has one of them in hand.
        private func walk(_ session: Session, _ scope: TenantScope) async throws {
            var limits = JobWorker.Limits()
            // Nobody who ends this command and calls it again shall wait a minute for the day it was at.
            limits.leaseSeconds = 10
            let worker = session.installation.worker(limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        _ = try await worker.drain(of: scope.tenant)
                        try await Task.sleep(for: Advance.lookTime)
                    }
                }
                group.addTask { try await watch(session, scope) }
                try await group.next()
                group.cancelAll()
            }
        }

        /// Returns when the clock has arrived. Throws when something has to be decided first.
        private func watch(_ session: Session, _ scope: TenantScope) async throws {
            let automation = session.installation.automation
            while let advance = try await automation.runs.sandboxClock(scope).advance {
                let status = try await automation.status(scope)
                if let stop = status.stops.first {
                    throw Complaint(
                        "The automation of \(tenant) is stopped (\(stop.reason.text)). "
                            + "The clock goes on when it is resumed.")
                }
                let clock = try await automation.runs.sandboxClock(scope)
                let failure = status.last?.steps.lazy.compactMap(\.lastError).first
                Terminal.progress(
                    "\(tenant): \(clock.today), day \(advance.from.days(until: clock.today)) of "
                        + "\(advance.from.days(until: advance.target))"
                        + (failure.map { "; a step is tried again after \($0)" } ?? ""))
                try await Task.sleep(for: Advance.lookTime)
            }
        }
    }

    struct Clock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a sandbox's today, and where its clock is going.",
            discussion: "`mpanel automation runs` shows what its days brought.")

        @Option(help: "The sandbox's slug.")
        var tenant: String

        func run() async throws {
            try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                let clock = try await session.installation.automation.runs.sandboxClock(scope)
                guard let advance = clock.advance else { return Terminal.print("\(clock.today), ready") }
                Terminal.print(
                    "\(clock.today), advancing to \(advance.target): "
                        + "\(advance.from.days(until: clock.today)) of "
                        + "\(advance.from.days(until: advance.target)) days done")
            }
        }
    }
}
