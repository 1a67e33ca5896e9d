import ArgumentParser
import Customers
import Foundation
import Identity
import Kernel
import Postgres

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Create the people who sign in.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a user.",
            discussion: """
                The password is read from MPANEL_PASSWORD or from standard input, never from an argument: \
                arguments \
                are visible to everyone on the machine.
                """)

        @Option(help: "The company's slug.")
        var tenant: String

        @Option(help: "The address the user signs in with.")
        var email: String

        @Option(help: "The user's name; the address unless told.")
        var name: String?

        @Option(help: "owner, admin, staff, read_only or customer.")
        var role: String = "staff"

        @Option(help: "With the role customer: whose user it is, by reference or id.")
        var customer: String?

        func run() async throws {
            guard let address = EmailAddress(email) else {
                throw ValidationError("--email \(EmailAddress.rule)")
            }
            guard let role = Role(rawValue: role) else {
                throw ValidationError(
                    "--role must be one of " + Role.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let name = Text<1, 120>(name ?? email) else {
                throw ValidationError("--name \(Text<1, 120>.rule)")
            }
            let given = ProcessInfo.processInfo.environment["MPANEL_PASSWORD"] ?? readLine() ?? ""
            guard let password = Password(given) else {
                throw ValidationError("The password \(Password.rule)")
            }
            try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                let belonging = try await id(of: customer, session, scope)
                let user = try await session.installation.create(
                    Users.Draft(
                        email: address, name: name, role: role, customer: belonging, password: password),
                    in: scope)
                Terminal.print("Created \(user.id), \(role.rawValue) of \(customer ?? tenant).")
            }
        }

        private func id(
            of customer: String?, _ session: Session, _ scope: TenantScope
        ) async throws -> CustomerID? {
            guard let customer else { return nil }
            if let id = CustomerID(customer) { return id }
            guard let reference = Code(customer) else { throw ValidationError("--customer \(Code.rule)") }
            let found = try await session.installation.database.read(scope) { tx in
                try await Customer.find(references: [reference], in: tx)
            }
            guard let id = found.first?.id else { throw Complaint("There is no customer \(customer).") }
            return id
        }
    }
}
