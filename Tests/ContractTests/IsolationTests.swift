import Kernel
import Postgres
import TestKit
import Testing
import Web

/// PostgreSQL itself keeps tenants apart: shown by SQL in the role that serves requests, on every table there
/// is.
@Suite("Isolation of tenants in SQL")
struct IsolationTests {
    @Test("without a tenant no table shows a row")
    func noTenant() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            try await intruder.become(nil)
            for table in tables {
                try await requireRows(in: table, overseer, world)
                #expect(try await intruder.count(table) == 0, "\(table.name)")
            }
        }
    }

    @Test("with a tenant every table shows all of its rows and none of another's")
    func oneTenant() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            for company in [world.ours, world.theirs] {
                try await intruder.become(company)
                for table in tables {
                    try await requireRows(in: table, overseer, world)
                    let visible = try await intruder.count(table)
                    #expect(visible == (try await overseer.count(table, of: company)), "\(table.name)")
                    let foreign: Int? = try await intruder.connection.first(
                        "SELECT count(*) FROM \(unsafe: table.name) WHERE tenant_id <> \(company.tenant)"
                    ) { try $0[0] }
                    #expect(foreign == 0, "\(table.name)")
                }
            }
        }
    }

    @Test("a row of another tenant cannot be written: refused by the policy, where one's own is let through")
    func insertions() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            try await intruder.become(world.ours)
            for table in tables {
                let theirs = try await overseer.row(of: table, world.theirs)
                #expect(
                    try await intruder.attempt(insertion(of: theirs, in: table)) == .denied, "\(table.name)")
                // Else the refusal above would prove nothing about the policy.
                let own = try await overseer.row(of: table, world.ours)
                #expect(
                    try await intruder.attempt(insertion(of: own, in: table)) == .alreadyThere,
                    "\(table.name)")
            }
        }
    }

    @Test("rows of another tenant cannot be changed, deleted or taken over, nor one's own given away")
    func changes() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            try await intruder.become(world.ours)
            for table in tables {
                try await requireRows(in: table, overseer, world)
                let before = try await overseer.digest(table, of: world.theirs)
                let name = table.name
                if let column = table.changeable {
                    let change: SQL = "UPDATE \(unsafe: name) SET \(unsafe: column) = \(unsafe: column)"
                    #expect(
                        try await intruder.attempt("\(change) WHERE tenant_id = \(world.theirs.tenant)")
                            == .affected(0), "\(name)")
                }
                #expect(
                    try await intruder.attempt(
                        "DELETE FROM \(unsafe: name) WHERE tenant_id = \(world.theirs.tenant)")
                        == (table.mayDelete ? .affected(0) : .denied), "\(name)")
                let given = try await intruder.attempt(
                    """
                    UPDATE \(unsafe: name) SET tenant_id = \(world.theirs.tenant)
                    WHERE tenant_id = \(world.ours.tenant)
                    """)
                if case .affected(let rows) = given { Issue.record("\(name) gave \(rows) rows away") }
                #expect(try await overseer.digest(table, of: world.theirs) == before, "\(name)")
            }
        }
    }

    @Test("with a customer set only that customer's rows are there, to see and to write")
    func oneCustomer() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            for table in tables {
                guard let column = table.customerColumn else { continue }
                let customers = try await overseer.customers(in: table, column, world.ours)
                try #require(customers.count > 1, "\(table.name) has rows of \(customers.count) customers")
                for (customer, rows) in customers {
                    try await intruder.become(world.ours, customer: customer)
                    #expect(try await intruder.count(table) == rows, "\(table.name)")
                }
                try await intruder.become(world.ours, customer: CustomerID.new())
                #expect(try await intruder.count(table) == 0, "\(table.name)")
                let own = try await overseer.row(of: table, world.ours)
                #expect(try await intruder.attempt(insertion(of: own, in: table)) == .denied, "\(table.name)")
            }
        }
    }

    @Test("a customer of another tenant shows nothing")
    func foreignCustomer() async throws {
        try await withIntruder { tables, overseer, intruder, world in
            for table in tables {
                guard let column = table.customerColumn else { continue }
                let customers = try await overseer.customers(in: table, column, world.theirs)
                try await intruder.become(world.ours, customer: try #require(customers.first?.0))
                #expect(try await intruder.count(table) == 0, "\(table.name)")
            }
        }
    }

    @Test("mpanel_system reads the routing tables over all tenants, and no other table at all")
    func system() async throws {
        try await withIntruder { tables, overseer, _, world in
            let routing = try TidyAllowance(named: "routing-tables").paths
            let system = try await Intruder(world.server.database.systemURL)
            for table in tables {
                let both =
                    try await overseer.count(table, of: world.ours) + overseer.count(table, of: world.theirs)
                let outcome = try await system.attempt("SELECT tenant_id FROM \(unsafe: table.name)")
                #expect(
                    outcome == (routing.contains(table.name) ? .affected(both) : .denied), "\(table.name)")
            }
        }
    }

    private func insertion(of row: String, in table: TenantTable) -> SQL {
        """
        INSERT INTO \(unsafe: table.name)
        SELECT (jsonb_populate_record(NULL::\(unsafe: table.name), \(row)::text::jsonb)).*
        """
    }

    /// A table that has nothing to show proves nothing.
    private func requireRows(in table: TenantTable, _ overseer: Overseer, _ world: World) async throws {
        for company in [world.ours, world.theirs] {
            try #require(
                try await overseer.count(table, of: company) > 0,
                "\(table.name) is empty: give \(company.slug) a row in fillEveryTable()")
        }
    }

    private func withIntruder(
        _ body: @Sendable ([TenantTable], Overseer, Intruder, World) async throws -> Void
    ) async throws {
        try await World.run { world in
            try await world.fillEveryTable()
            let overseer = try await Overseer(world.server.database)
            let tables = try await overseer.tables()
            try #require(tables.count > 20)
            try await body(tables, overseer, try await Intruder(world.server.database.appURL), world)
        }
    }
}
