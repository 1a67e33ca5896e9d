import ArgumentParser
import Kernel
import Logging
import Platform
import Subscriptions
import Tenancy
import Web

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "See items that could not be billed, and bill them again.",
        discussion: """
            What a billing run could not bill, or a guard kept it from billing, stands in quarantine with \
            its reason and what was to be billed. Runs leave it alone and bill everything else.

            Mend the cause first: the price, the quantity, what changed the item so often. Then replay it.

              mpanel quarantine list --tenant nordhost
              mpanel quarantine replay --tenant nordhost qua_01h455vb4pex5vsknk084sn02q
              mpanel quarantine replay --tenant nordhost --all
            """,
        subcommands: [List.self, Replay.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the items in quarantine of a company or of all, the newest first.",
            discussion: """
                Reasons: overflow, calendar_ends, unreadable_schedule, refused (the database took the rows \
                of its customer for wrong), too_many_lines. GET /v1/quarantine shows the inputs too.
                """)

        @Option(help: "The company's slug; all companies unless told.")
        var tenant: String?

        @Option(help: "One of the reasons; all unless told.")
        var reason: String?

        func validate() throws {
            if let reason, BillingFailure.Reason(rawValue: reason) == nil {
                let reasons = BillingFailure.Reason.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--reason must be one of \(reasons).")
            }
        }

        func run() async throws {
            try await Session.run { session in
                if let tenant { _ = try await session.tenant(tenant) }
                var rows: [[String]] = []
                for (id, slug, _) in try await session.installation.tenants.all()
                where tenant ?? slug.text == slug.text {
                    let filter = QuarantineFilter(reason: reason.flatMap(BillingFailure.Reason.init))
                    rows += try await session.quarantined(filter, TenantScope(id)).map { item in
                        [
                            slug.text, "\(item.id)", item.reference?.text ?? "\(item.subscription)",
                            item.reason.rawValue, "\(item.quarantinedOn)", "\(item.attempts)", item.detail,
                        ]
                    }
                }
                if rows.isEmpty { return Terminal.print("There are no such items in quarantine.") }
                Terminal.table(
                    ["company", "id", "subscription", "reason", "since", "attempts", "detail"], rows)
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bill an item that is in quarantine again, or all of a company's.",
            discussion: """
                Takes the item out and bills what is due of its customer today, in one transaction. An item \
                that still cannot be billed stays, with its new reason. With --all the items are replayed \
                one by one, and one that fails stops none of the others.

                Exit codes: 0 all are released, 3 some stayed (each is named with its reason).
                """)

        @Option(help: "The company's slug.")
        var tenant: String

        @Argument(help: "The item's id, such as `mpanel quarantine list` shows it.")
        var id: String?

        @Flag(help: "Every item of the company that is in quarantine.")
        var all = false

        func validate() throws {
            guard (id != nil) != all else { throw ValidationError("Name an item by its id, or take --all.") }
            if let id, QuarantinedItemID(id) == nil {
                throw ValidationError("ID must be an id such as qua_….")
            }
        }

        func run() async throws {
            let areReleased = try await Session.run { session in
                let scope = TenantScope(try await session.tenant(tenant))
                if let id = id.flatMap(QuarantinedItemID.init) {
                    return told(try await session.replay(id, scope))
                }
                return try await replayAll(session, scope)
            }
            if !areReleased { throw ExitCode(3) }
        }

        /// The oldest first, as they would have been billed.
        private func replayAll(_ session: Session, _ scope: TenantScope) async throws -> Bool {
            let items = try await session.quarantined(QuarantineFilter(), scope).reversed()
            if items.isEmpty { Terminal.print("Nothing is in quarantine.") }
            var released = 0
            for item in items {
                do {
                    if told(try await session.replay(item.id, scope)) { released += 1 }
                } catch let problem as Problem where problem == .notFound {
                    Terminal.print("\(item.id): somebody else has released it")
                    released += 1
                } catch let error where !(error is CancellationError) {
                    session.logger.error(
                        "an item could not be replayed",
                        metadata: ["item": "\(item.id)", "error": "\(String(reflecting: error))"])
                    Terminal.print("\(item.id): not tried to its end; the log above says why")
                }
            }
            if items.count > 1 { Terminal.print("\(released) of \(items.count) items are released.") }
            return released == items.count
        }

        private func told(_ replay: ReplayBody) -> Bool {
            if replay.released {
                let invoices = replay.invoiceIds.map(\.description).joined(separator: ", ")
                Terminal.print(
                    "\(replay.id): released, "
                        + (invoices.isEmpty ? "nothing was due" : "invoiced in \(invoices)"))
            } else {
                Terminal.print(
                    "\(replay.id): stays after \(replay.attempts) attempts: "
                        + "\(replay.reason?.rawValue ?? ""). \(replay.detail ?? "")")
            }
            return replay.released
        }
    }
}

extension Session {
    /// All of them, the newest first.
    fileprivate func quarantined(
        _ filter: QuarantineFilter, _ scope: TenantScope
    ) async throws -> [QuarantinedItem] {
        var items: [QuarantinedItem] = []
        var cursor: String?
        repeat {
            let page = try await installation.subscriptions.quarantine.list(
                filter, PageRequest(limit: 200, cursor: cursor), scope)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }

    fileprivate func replay(_ id: QuarantinedItemID, _ scope: TenantScope) async throws -> ReplayBody {
        let quarantine = installation.subscriptions.quarantine
        return try await installation.carryOut("replayQuarantinedItem", of: scope) { change in
            try .created(ReplayBody(try await quarantine.replay(id, in: change)))
        }
    }
}
