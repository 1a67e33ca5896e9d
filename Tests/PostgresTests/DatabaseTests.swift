import Kernel
import Testing

@testable import Postgres

@Suite("Transactions of a tenant", .timeLimit(.minutes(2)))
struct DatabaseTests {
    private let shop: Shop

    init() async throws {
        shop = try await Shop.new()
    }

    @Test("A tenant sees its own rows, in every way of reading")
    func isolation() async throws {
        let other = TenantScope(.new())
        try await shop.add("ours")
        try await shop.add("theirs", for: other)
        #expect(try await shop.names() == ["ours"])
        #expect(try await shop.names(other) == ["theirs"])
        let inside: [String] = try await shop.db.read(other) { tx in
            try await tx.all("SELECT name FROM things") { try $0["name"] }
        }
        #expect(inside == ["theirs"])
        let one: String? = try await shop.db.first(shop.tenant, "SELECT name FROM things") { try $0["name"] }
        #expect(one == "ours")
    }

    @Test("A tenant can neither write another's rows nor touch them")
    func foreignWrites() async throws {
        let other = TenantScope(.new())
        try await shop.add("theirs", for: other)
        await #expect(throws: PostgresError(sqlState: "42501")) {
            try await shop.db.write(shop.tenant) { tx in try await tx.run(Shop.insert("planted", other)) }
        }
        let touched = try await shop.db.write(shop.tenant) { tx in try await tx.run("DELETE FROM things") }
        #expect(touched == 0)
    }

    @Test("A connection that served a tenant shows nothing once it is back, and a new one neither")
    func nothingLeaks() async throws {
        let single = try await Shop.new(connections: 1)
        try await single.add("ours")
        #expect(try await single.names() == ["ours"])
        let without = SystemDatabase(single.pool)
        #expect(try await without.first("SELECT count(*) FROM things") { try $0[0] as Int } == 0)
        #expect(
            try await without.first("SELECT current_setting('mpanel.tenant_id', true)") { try $0[0] } == "")
        let fresh = try await Connection.open(single.database.app)
        #expect(try await fresh.first("SELECT count(*) FROM things") { try $0[0] as Int } == 0)
        #expect(single.pool.statistics.opened == 1)
    }

    @Test("A customer's own users see their customer's rows only")
    func customers() async throws {
        let customer = CustomerID.new()
        try await shop.add("mine", customer: customer)
        try await shop.add("another's", customer: .new())
        #expect(try await shop.names(TenantScope(shop.tenant.tenant, customer: customer)) == ["mine"])
        #expect(try await shop.names() == ["another's", "mine"])
    }

    @Test("Reading refuses to write, known in advance or not")
    func readOnly() async throws {
        let insert = Shop.insert("sneaked", shop.tenant)
        await #expect(throws: PostgresError(sqlState: "25006")) {
            try await shop.db.read(shop.tenant) { tx in try await tx.run(insert) }
        }
        await #expect(throws: PostgresError(sqlState: "25006")) {
            try await shop.db.all(shop.tenant, "\(insert) RETURNING name") { try $0[0] as String }
        }
        await #expect(throws: PostgresError(sqlState: "25006")) {
            try await shop.system.first("INSERT INTO things SELECT FROM things RETURNING name") {
                try $0[0] as String
            }
        }
        try await shop.add("allowed")
        #expect(try await shop.names() == ["allowed"])
    }

    @Test("An error thrown by the body undoes everything")
    func rollback() async throws {
        struct Oops: Error {}
        await #expect(throws: Oops.self) {
            try await shop.db.write(shop.tenant) { tx in
                try await tx.run(Shop.insert("undone", tx.scope))
                throw Oops()
            }
        }
        #expect(try await shop.names() == [])
        #expect(shop.pool.statistics.connections == 1 && shop.pool.statistics.idle == 1)
    }

    @Test("A body that swallows an error cannot commit")
    func swallowed() async throws {
        await #expect(throws: PostgresError(sqlState: "25P02")) {
            try await shop.db.write(shop.tenant) { tx in
                try await tx.run(Shop.insert("undone", tx.scope))
                _ = try? await tx.run("SELECT 1 / 0")
            }
        }
        #expect(try await shop.names() == [])
    }

    @Test("What was done tentatively and failed is undone alone, whatever the error was")
    func tentatively() async throws {
        struct Oops: Error {}
        try await shop.db.write(shop.tenant) { tx in
            try await tx.run(Shop.insert("before", tx.scope))
            await #expect(throws: Oops.self) {
                try await tx.tentatively {
                    try await tx.run(Shop.insert("undone", tx.scope))
                    throw Oops()
                }
            }
            await #expect(throws: PostgresError.self) {
                try await tx.tentatively { try await tx.run(Shop.insert("before", tx.scope)) }
            }
            let kept = try await tx.tentatively { try await tx.run(Shop.insert("kept", tx.scope)) }
            #expect(kept == 1)
            await #expect(throws: Oops.self) {
                try await tx.tentatively {
                    try await tx.tentatively { try await tx.run(Shop.insert("inner", tx.scope)) }
                    throw Oops()
                }
            }
            try await tx.run(Shop.insert("after", tx.scope))
        }
        #expect(try await shop.names() == ["after", "before", "kept"])
    }

    @Test("A body that runs no statement costs none")
    func empty() async throws {
        let value = try await shop.db.write(shop.tenant) { _ in 5 }
        #expect(value == 5 && shop.pool.statistics.idle == 1)
    }

    @Test("The violation of a named constraint becomes its problem; others pass")
    func refusals() async throws {
        try await shop.add("twice")
        let taken = Problem("name_taken", status: 409, "This name is taken.")
        await #expect(throws: taken) {
            try await refusing(["things_pkey": taken]) { try await shop.add("twice") }
        }
        await #expect(throws: PostgresError.self) {
            try await refusing(["other_key": taken]) { try await shop.add("twice") }
        }
    }

    @Test("A pipeline in a transaction returns each statement's rows, and its error undoes the transaction")
    func pipelines() async throws {
        let counts = try await shop.db.write(shop.tenant) { tx in
            let results = try await tx.pipeline([
                Shop.insert("a", tx.scope), Shop.insert("b", tx.scope),
                "SELECT name FROM things ORDER BY name",
            ])
            #expect(try results[2].map { try $0["name"] as String } == ["a", "b"])
            return results.map(\.affected)
        }
        #expect(counts == [1, 1, 2])
        await #expect(throws: PostgresError.self) {
            try await shop.db.write(shop.tenant) { tx in
                try await tx.pipeline([
                    Shop.insert("c", tx.scope), Shop.insert("a", tx.scope), Shop.insert("d", tx.scope),
                ])
            }
        }
        #expect(try await shop.names() == ["a", "b"])
    }

    @Test("A transaction that is kept for later is dead")
    func escaped() async throws {
        let kept = try await shop.db.write(shop.tenant) { tx in
            try await tx.run("SELECT 1")
            return tx
        }
        await #expect(throws: TransactionEnded.self) { try await kept.run("SELECT 1") }
        let unused = try await shop.db.read(shop.tenant) { $0 }
        await #expect(throws: TransactionEnded.self) { try await unused.run("SELECT 1") }
        #expect(shop.pool.statistics.idle == shop.pool.statistics.connections)
    }

    @Test("Statements that run side by side in one transaction take turns")
    func concurrentStatements() async throws {
        let sum = try await shop.db.read(shop.tenant) { tx in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...20 {
                    group.addTask { try await tx.first("SELECT \(number)") { try $0[0] } ?? 0 }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(sum == 210)
    }

    @Test(
        "A deadlock or serialization failure is repeated, three times at most", arguments: ["40001", "40P01"])
    func repetition(state: String) async throws {
        let runs = Shared(0)
        try await shop.db.write(shop.tenant) { tx in
            let run = runs.change { runs in
                runs += 1
                return runs
            }
            try await tx.run(Shop.insert("once", tx.scope))
            if run < 4 { try await tx.run(Shop.raising(state)) }
        }
        #expect(runs.value == 4)
        #expect(try await shop.names() == ["once"])

        runs.change { $0 = 0 }
        await #expect(throws: PostgresError(sqlState: state)) {
            try await shop.db.write(shop.tenant) { tx in
                runs.change { $0 += 1 }
                try await tx.run(Shop.raising(state))
            }
        }
        #expect(runs.value == 4)
    }

    @Test("Other errors are not repeated")
    func noRepetition() async throws {
        let runs = Shared(0)
        await #expect(throws: PostgresError(sqlState: "22012")) {
            try await shop.db.write(shop.tenant) { tx in
                runs.change { $0 += 1 }
                try await tx.run("SELECT 1 / 0")
            }
        }
        #expect(runs.value == 1)
    }

    @Test("Of two transactions that deadlock, one is repeated and both succeed")
    func realDeadlock() async throws {
        try await shop.add("a")
        try await shop.add("b")
        let runs = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (first, second) in [("a", "b"), ("b", "a")] {
                group.addTask { [shop] in
                    try await shop.db.write(shop.tenant) { tx in
                        try await tx.run("UPDATE things SET name = name WHERE name = \(first)")
                        runs.change { $0 += 1 }
                        // Until both hold what the other wants.
                        _ = await eventually { runs.value >= 2 }
                        try await tx.run("UPDATE things SET name = name WHERE name = \(second)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(runs.value == 3)
    }

    @Test("A prepared statement whose table changed meanwhile is prepared anew")
    func changedTable() async throws {
        let single = try await Shop.new(connections: 1)
        try await single.add("a")
        let query: SQL = "SELECT * FROM things"
        #expect(try await single.db.all(single.tenant, query) { try $0["name"] as String } == ["a"])
        try await Connection.open(single.database.owner).execute(
            script: "ALTER TABLE things ADD COLUMN more int8 DEFAULT 7")
        #expect(try await single.db.all(single.tenant, query) { try $0["more"] as Int } == [7])
        try await Connection.open(single.database.owner).execute(
            script: "ALTER TABLE things ADD COLUMN most int8 DEFAULT 8")
        let most: [Int] = try await single.db.write(single.tenant) { tx in
            try await tx.run("SELECT 1")
            return try await tx.all(query) { try $0["most"] }
        }
        #expect(most == [8])
    }
}

extension Shop {
    static func raising(_ state: String) -> SQL {
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(unsafe: state)'; END $$"
    }
}
