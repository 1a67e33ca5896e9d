import ArgumentParser
import Kernel
import Tenancy

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "List the companies of this installation; give them host names.",
        discussion: "A company is created by `mpanel import`, from its tenant.json.",
        subcommands: [List.self, Host.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all companies.")

        func run() async throws {
            try await Session.run { session in
                let tenants = try await session.installation.tenants.all()
                Terminal.table(
                    ["slug", "name", "id"], tenants.map { [$0.slug.text, $0.name, $0.id.description] })
            }
        }
    }

    struct Host: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a host name lead to a company: those who sign in there need not name it.")

        @Option(help: "The company's slug.")
        var tenant: String

        @Argument(help: "The host name, such as billing.example.com.")
        var hostName: String

        func run() async throws {
            guard let host = HostName(hostName.lowercased()) else {
                throw ValidationError("HOST-NAME \(HostName.rule)")
            }
            try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                try await session.installation.tenants.add(
                    hostName: host, by: Actor(.operatorCommand, role: .owner, scope: scope))
                Terminal.print("\(host) leads to \(tenant).")
            }
        }
    }
}
