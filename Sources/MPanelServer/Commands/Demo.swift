import ArgumentParser
import Foundation
import Identity
import Importing
import Kernel
import Subscriptions

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load the two demonstration providers and bill what is due.",
        discussion: """
            nordhost and sakura are sandboxes whose clock stands at 2026-12-01, so the result is always the \
            same. \
            Running it again changes nothing.
            """)

    @Argument(help: "The directory with the providers' files.")
    var examples = "examples"

    static let password = "mpanel-demo"
    private static let providers = ["nordhost", "sakura"]
    private static let today = Day(year: 2026, month: 12, day: 1)

    func run() async throws {
        try await Session.run { session in
            for slug in Demo.providers {
                guard let name = Slug(slug) else { continue }
                let report = try await session.installation.importing.run(
                    URL(filePath: examples + "/" + slug, directoryHint: .isDirectory), into: name,
                    sandboxToday: Demo.today
                ) { progress in
                    Terminal.progress("\(slug) \(progress.file): \(progress.rows) rows")
                }
                Terminal.endProgress()
                let counts = report.files.map { "\($0.counts.imported) \($0.name)" }
                let scope = TenantScope(try await session.tenant(slug))
                let users = try await signIns(scope, slug, session)
                let bill = try await session.installation.subscriptions.billing.run(
                    BillingRequest(scope: scope))
                Terminal.print(
                    "\(slug): \(counts.joined(separator: ", ")) new"
                )
                BillTable(bill, isDryRun: false).print()
                Terminal.print("sign in as \(users) with the password \(Demo.password)\n")
            }
        }
    }

    /// One user of each role, made when they are not there.
    private func signIns(_ scope: TenantScope, _ slug: String, _ session: Session) async throws -> String {
        let users = session.installation.identity.users
        var addresses: [String] = []
        for role in [Role.owner, .staff, .readOnly] {
            let address = "\(role.rawValue.replacing("_", with: "-"))@\(slug).example"
            guard let email = EmailAddress(address), let name = Text<1, 120>("Demo \(role.rawValue)"),
                let password = Password(Demo.password)
            else { continue }
            if try await users.find(email, scope) == nil {
                try await session.installation.create(
                    Users.Draft(email: email, name: name, role: role, password: password), in: scope)
            }
            addresses.append(address)
        }
        return addresses.joined(separator: ", ")
    }
}
