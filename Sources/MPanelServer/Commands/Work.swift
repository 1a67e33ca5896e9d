import ArgumentParser
import Logging
import Platform
import ServiceLifecycle

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Do jobs and deliver events until SIGTERM or SIGINT, then hand back what is unfinished.",
        discussion: """
            `mpanel serve` does both too, unless told --without-jobs. Any number of both may run on one \
            database: they share the jobs, turn by turn among the companies. Logs are JSON lines on standard \
            output.
            """)

    @Option(help: "How many jobs at once, 1 to 32.")
    var jobs = 4

    func validate() throws {
        guard (1...32).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 32.") }
    }

    func run() async throws {
        try await Session.lasting(for: .working) { session in
            var limits = JobWorker.Limits()
            limits.jobs = jobs
            session.logger.info("working", metadata: ["jobs": "\(jobs)"])
            return session.measuring() + session.installation.labour(limits)
        }
    }
}
