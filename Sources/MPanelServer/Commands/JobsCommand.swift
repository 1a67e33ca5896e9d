import ArgumentParser
import Identity
import Kernel
import Platform
import Tenancy
import Web

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "See what is to be done, and try again what was given up.",
        subcommands: [List.self, Retry.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the newest jobs of a company or of all.",
            discussion: "A job that succeeded is gone. A dead one was given up; the server's log says why.")

        @Option(help: "The company's slug; all companies unless told.")
        var tenant: String?

        @Option(help: "waiting, running or dead; all unless told.")
        var state: String?

        func validate() throws {
            if let state, Job.State(rawValue: state) == nil {
                throw ValidationError("--state must be waiting, running or dead.")
            }
        }

        func run() async throws {
            try await Session.run { session in
                if let tenant { _ = try await session.tenant(tenant) }
                var rows: [[String]] = []
                for (id, slug, _) in try await session.installation.tenants.all()
                where tenant ?? slug.text == slug.text {
                    let page = try await session.installation.jobs.list(
                        state.flatMap(Job.State.init), PageRequest(limit: 200), TenantScope(id))
                    rows += page.items.map { job in
                        [
                            slug.text, "\(job.id)", job.kind, job.state.rawValue, "\(job.attempts)",
                            job.dueAt.map { "\($0)" } ?? "", job.lastError ?? "",
                        ]
                    }
                }
                if rows.isEmpty { return Terminal.print("There are no such jobs.") }
                Terminal.table(["company", "id", "kind", "state", "attempts", "due", "last error"], rows)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a dead job again.",
            discussion: "It waits for a running `mpanel serve` or `mpanel work`, with all its attempts anew.")

        @Option(help: "The company's slug.")
        var tenant: String

        @Argument(help: "The job's id, such as `mpanel jobs list --state dead` shows it.")
        var id: String

        func run() async throws {
            guard let id = JobID(id) else { throw ValidationError("ID must be a job's id, such as job_….") }
            try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                let jobs = session.installation.jobs
                try await session.installation.carryOut("retryJob", of: scope) { change in
                    try await jobs.retry(id, in: change).told { JobBody($0, for: change.actor) }
                }
                Terminal.print("\(id) waits for its turn.")
            }
        }
    }
}
