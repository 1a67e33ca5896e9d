import ArgumentParser

/// The command line. Every subcommand that needs a database works whether or not a server is running: it uses
/// the private one that runs, or starts it for its own time.
@main
struct MPanel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mpanel",
        abstract: "Billing and automation for hosting providers.",
        discussion: """
            Without MPANEL_DATABASE_URL, MPanel keeps a private PostgreSQL under MPANEL_HOME (default: \
            var/). The \
            first command starts it and the last one out stops it.

            Exit codes: 0 done, 1 failed or something is wrong, 3 done but some rows or items were refused, \
            64 wrong arguments.

            A first hour:
              mpanel migrate
              mpanel import examples/nordhost --tenant nordhost --sandbox 2026-12-01
              mpanel bill --tenant nordhost
              mpanel audit
              mpanel user create --tenant nordhost --email you@example.com --role owner
              mpanel serve
            """,
        subcommands: [
            Serve.self, Work.self, Migrate.self, Import.self, Bill.self, Audit.self, TenantCommand.self,
            UserCommand.self, KeysCommand.self, JobsCommand.self, QuarantineCommand.self,
            AutomationCommand.self, SandboxCommand.self,
            APICommand.self, OpenAPICommand.self, Calc.self, Demo.self, Bench.self,
        ])
}
