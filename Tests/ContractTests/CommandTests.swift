import Foundation
import HTTPTypes
import Kernel
import Postgres
import TestKit
import Testing
import Web

@Suite("Commands")
struct CommandTests {
    @Test("twenty requests at once with one key make one object, and all are answered alike")
    func raced() async throws {
        try await World.run { world in
            let answers = try await withThrowingTaskGroup(of: TestClient.Answer.self) { group in
                for _ in 1...20 { group.addTask { try await family("Raced", key: "k", world.ours.owner) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [201])
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(answers.count { $0.headers[.idempotentReplayed] == nil } == 1)
            let families = try await world.ours.owner.must(.get, "/v1/product-families")["items"].items
            #expect(families.count { $0["name"] == "Raced" } == 1)
        }
    }

    @Test("a key is its sender's, its company's and its path's own")
    func scoped() async throws {
        try await World.run { world in
            let first = try await family("One", key: "k", world.ours.owner)
            #expect(first.status == 201)
            for other in [world.ours.staff, world.theirs.owner] {
                let answer = try await family("Two", key: "k", other)
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer["name"] == "Two")
            }
            let id = try #require(first["id"].text)
            let renamed = try await world.ours.owner.send(
                .patch, "/v1/product-families/\(id)", bytes: Array(#"{"name": "Three"}"#.utf8),
                headers: [.idempotencyKey: "k"])
            #expect(renamed["name"] == "Three")
        }
    }

    @Test("names in another order are the same request")
    func order() async throws {
        try await World.run { world in
            let texts = [
                #"{"name": "A", "email": "a@a.example", "phone": "1"}"#,
                #"{"phone": "1", "email": "a@a.example","name": "A"}"#,
            ]
            let customer = try #require(try await ObjectMaker(world.ours).customer()["id"].text)
            var answers: [TestClient.Answer] = []
            for text in texts {
                answers.append(
                    try await world.ours.owner.send(
                        .post, "/v1/customers/\(customer)/contacts", bytes: Array(text.utf8),
                        headers: [.idempotencyKey: "k"]))
            }
            #expect(answers.map(\.status) == [201, 201])
            #expect(answers[0].text == answers[1].text)
        }
    }

    @Test("a request that was refused has not used its key")
    func refused() async throws {
        try await World.run { world in
            for (name, key, status) in [
                ("Taken", "a", 201), ("Taken", "b", 409), ("", "b", 422), ("Free", "b", 201),
            ] {
                let answer = try await family(name, key: key, world.ours.owner)
                #expect(answer.status == status, "\(name) \(key): \(answer.text)")
            }
        }
    }

    @Test("a key is forgotten after a day, and removed when others come")
    func forgotten() async throws {
        try await World.run { world in
            #expect(try await family("One", key: "k", world.ours.owner).status == 201)
            try await world.overseen(
                "UPDATE idempotency_keys SET recorded_at = recorded_at - interval '23 h'")
            #expect(try await family("Two", key: "k", world.ours.owner).status == 409)
            try await world.overseen("UPDATE idempotency_keys SET recorded_at = recorded_at - interval '2 h'")
            #expect(try await family("Three", key: "k", world.ours.owner).status == 201)
            try await world.overseen(
                "UPDATE idempotency_keys SET recorded_at = recorded_at - interval '25 h'")
            #expect(try await family("Four", key: "other", world.ours.owner).status == 201)
            let overseer = try await Overseer(world.server.database)
            let kept: Int? = try await overseer.connection.first("SELECT count(*) FROM idempotency_keys") {
                try $0[0]
            }
            #expect(kept == 1)
        }
    }

    @Test("of two changes made from the same version, the second is refused")
    func lostUpdate() async throws {
        try await World.run { world in
            let made = try await family("One", key: "k", world.ours.owner)
            let path = "/v1/product-families/\(try #require(made["id"].text))"
            let tag = try #require(made.headers[.eTag])
            #expect(try await rename(path, to: "Two", if: tag, world).status == 200)
            let lost = try await rename(path, to: "Three", if: tag, world)
            #expect(lost.status == 412)
            #expect(try await world.ours.owner.must(.get, path)["name"] == "Two")
            for (condition, status) in [
                ("*", 200), (#""9", "3""#, 200), (#"W/"4""#, 412), (#""four""#, 412), ("", 422),
            ] {
                let answer = try await rename(path, to: "N \(condition)", if: condition, world)
                #expect(answer.status == status, "\(condition)")
            }
        }
    }

    @Test("the audit log is read by who, what, which and when, page by page")
    func auditFilters() async throws {
        try await World.run { world in
            let owner = world.ours.owner
            let made = try await family("One", key: "a", owner)
            _ = try await family("Two", key: "b", world.ours.staff)
            let id = try #require(made["id"].text)
            _ = try await rename("/v1/product-families/\(id)", to: "Uno", if: "*", world)
            let byObject = try await owner.must(.get, "/v1/audit-entries?object_id=\(id)")["items"].items
            #expect(byObject.map { $0["verb"] } == ["renameFamily", "createFamily"])
            let change = try await owner.must(
                .get, "/v1/audit-entries/\(try #require(byObject[0]["id"].text))")
            #expect(change["before"]["name"] == "One")
            #expect(change["after"]["name"] == "Uno")
            let staff = try #require(try await world.ours.staff.must(.get, "/v1/me")["id"].text)
            let byUser = try await owner.must(.get, "/v1/audit-entries?user_id=\(staff)")["items"].items
            #expect(byUser.map { $0["verb"] } == ["createFamily", "signIn"])
            let operators = try await owner.must(
                .get, "/v1/audit-entries?actor_kind=operator&verb=createUser")
            #expect(operators["items"].items.count == 6, "the users that the command line made")

            let imports = try await owner.must(.get, "/v1/audit-entries?verb=importData")["items"].items
            #expect(imports.map { $0["actor_kind"] } == ["operator"], "an import is one entry")

            let at = try #require(byObject[1]["recorded_at"].text)
            let since = try await owner.must(.get, "/v1/audit-entries?from=\(at)")["items"].items
            #expect(since.map { $0["verb"] } == ["renameFamily", "createFamily", "createFamily"])
            let until = try await owner.must(.get, "/v1/audit-entries?until=\(at)")["items"].items
            #expect(!until.isEmpty && !until.contains { $0["object_id"] == .string(id) })
            var pages: [JSONValue] = []
            var query = "/v1/audit-entries?limit=2"
            while true {
                let page = try await owner.must(.get, query)
                pages += page["items"].items
                guard let cursor = page["next_cursor"].text else { break }
                query = "/v1/audit-entries?limit=2&cursor=\(cursor)"
            }
            let all = try await owner.must(.get, "/v1/audit-entries?limit=200")["items"].items
            #expect(pages == all && all.count > 5)
        }
    }

    @Test("nobody changes the audit log, and a header's digest proves its body")
    func auditProof() async throws {
        try await World.run { world in
            _ = try await family("One", key: "a", world.ours.owner)
            let intruder = try await Intruder(world.server.database.appURL)
            try await intruder.become(world.ours)
            for table in ["audit_entries", "audit_bodies"] {
                #expect(try await intruder.attempt("DELETE FROM \(unsafe: table)") == .denied)
                #expect(
                    try await intruder.attempt("UPDATE \(unsafe: table) SET customer_id = NULL") == .denied)
            }
            let overseer = try await Overseer(world.server.database)
            let proofs: [(String, String)] = try await overseer.connection.all(
                """
                SELECT digest, encode(sha256(
                    (octet_length(salt) || ':')::bytea || salt
                        || (octet_length(COALESCE(before::text, '')) || ':')::bytea
                        || convert_to(COALESCE(before::text, ''), 'UTF8')
                        || (octet_length(COALESCE(after::text, '')) || ':')::bytea
                        || convert_to(COALESCE(after::text, ''), 'UTF8')), 'hex') AS proof
                FROM audit_entries JOIN audit_bodies USING (tenant_id)
                WHERE entry_id = id
                """
            ) { (try $0["digest"], try $0["proof"]) }
            #expect(proofs.count > 5)
            for (digest, proof) in proofs { #expect(digest == proof) }
        }
    }

    private func family(_ name: String, key: String, _ client: TestClient) async throws -> TestClient.Answer {
        try await client.send(
            .post, "/v1/product-families", bytes: Array(#"{"name": "\#(name)"}"#.utf8),
            headers: [.idempotencyKey: key])
    }

    private func rename(
        _ path: String, to name: String, if condition: String, _ world: World
    ) async throws -> TestClient.Answer {
        try await world.ours.owner.send(
            .patch, path, bytes: try Array(JSONEncoder().encode(["name": name])),
            headers: [.ifMatch: condition])
    }
}
