import ArgumentParser
import Automation
import Kernel
import Platform
import Tenancy
import Web

struct AutomationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "automation", abstract: "See what runs each day by itself; stop it in an emergency.",
        discussion: """
            A stop by this command is the operator's: only this command lifts it, and a company's own stop \
            stays when it does.
            """,
        subcommands: [StatusList.self, Stop.self, Resume.self, Runs.self])

    /// One company or all of them.
    struct Whose: ParsableArguments {
        @Option(help: "The company's slug.")
        var tenant: String?

        @Flag(help: "All companies of this installation; one that is founded later is not among them.")
        var all = false

        func validate() throws {
            guard (tenant != nil) != all else {
                throw ValidationError("Name a company with --tenant, or take --all.")
            }
        }

        /// Does the same to each, in the order of their slugs.
        func each(_ session: Session, _ body: (Slug, TenantScope) async throws -> Void) async throws {
            if let tenant { _ = try await session.tenant(tenant) }
            for (id, slug, _) in try await session.installation.tenants.all()
            where tenant ?? slug.text == slug.text {
                try await body(slug, TenantScope(id))
            }
        }
    }

    struct StatusList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show when the automation is due, what stops it, and its last run.")

        @Option(help: "The company's slug; all companies unless told.")
        var tenant: String?

        func run() async throws {
            try await Session.run { session in
                if let tenant { _ = try await session.tenant(tenant) }
                var rows: [[String]] = []
                for (id, slug, _) in try await session.installation.tenants.all()
                where tenant ?? slug.text == slug.text {
                    let status = try await session.installation.automation.status(TenantScope(id))
                    rows.append([
                        slug.text, status.next.map { "\($0.dueAt)" } ?? "",
                        status.last.map { "\($0.run.day) \($0.run.state.rawValue)" } ?? "",
                        status.stops.map { "\($0.level.rawValue): \($0.reason.text)" }.joined(
                            separator: "; "),
                    ])
                }
                Terminal.table(["company", "next run", "last run", "stopped"], rows)
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let no automation begin, and halt what runs.",
            discussion: "What people ask for themselves, such as `mpanel bill`, still works.")

        @OptionGroup var whose: Whose

        @Option(help: "Why; the company reads it.")
        var reason: String

        func run() async throws {
            guard let reason = Text<1, 500>(reason) else {
                throw ValidationError("--reason must be 1 to 500 characters.")
            }
            try await Session.run { session in
                let automation = session.installation.automation
                try await whose.each(session) { slug, scope in
                    try await session.installation.carryOut("stopAutomation", of: scope) { change in
                        try await automation.stop(reason, in: change).told { AutomationBody($0) }
                    }
                    Terminal.print("\(slug): stopped.")
                }
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lift the operator's stop: the automation goes on where it halted.")

        @OptionGroup var whose: Whose

        func run() async throws {
            try await Session.run { session in
                let automation = session.installation.automation
                try await whose.each(session) { slug, scope in
                    let status = try await session.installation.carryOut(
                        "resumeAutomation", of: scope
                    ) { change in
                        try await automation.resume(in: change).told { AutomationBody($0) }
                    }
                    Terminal.print(
                        status.isStopped ? "\(slug): still stopped, by the company." : "\(slug): goes on.")
                }
            }
        }
    }
}

extension AutomationCommand {
    struct Runs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what ran on which day, the last day first.")

        @Option(help: "The company's slug.")
        var tenant: String

        @Option(help: "YYYY-MM-DD, the first day shown.")
        var from: String?

        @Option(help: "YYYY-MM-DD, the last day shown.")
        var to: String?

        @Option(help: "At most so many days, 1 to 200.")
        var limit = 30

        func validate() throws {
            for day in [from, to].compactMap(\.self) where Day(day) == nil {
                throw ValidationError("\(day) is no day such as 2026-12-01.")
            }
            guard (1...200).contains(limit) else { throw ValidationError("--limit must be from 1 to 200.") }
        }

        func run() async throws {
            try await Session.run { session in
                let page = try await session.installation.automation.runs.list(
                    DayRange(from: from.flatMap(Day.init), to: to.flatMap(Day.init)),
                    PageRequest(limit: limit), TenantScope(try await session.tenant(tenant)))
                if page.items.isEmpty { return Terminal.print("Nothing ran.") }
                Terminal.table(
                    ["day", "step", "state", "begun", "seconds", "done", "left out", "last error"],
                    page.items.flatMap(rows))
            }
        }

        private func rows(_ whole: RunWithSteps) -> [[String]] {
            whole.steps.map { step in
                let seconds = step.startedAt.flatMap { start in step.endedAt.map { $0.seconds(since: start) }
                }
                return [
                    "\(whole.run.day)", step.name, step.state.rawValue,
                    step.startedAt.map { "\($0)" } ?? "", seconds ?? "",
                    "\(step.progress.itemsDone)", "\(step.progress.itemsFailed)", step.lastError ?? "",
                ]
            }
        }
    }
}

extension Instant {
    /// `0.123`.
    fileprivate func seconds(since start: Instant) -> String {
        let milliseconds = (microseconds - start.microseconds) / 1000
        let fraction = "\(milliseconds % 1000)"
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
