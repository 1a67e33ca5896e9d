import Foundation
import Postgres
import Testing

/// Every test runs real servers in homes of its own.
@Suite(.timeLimit(.minutes(5)))
struct PrivateClusterTests {
    @Test(
        "The first use creates the database and its three roles, none of which gets around row-level security"
    )
    func createsDatabaseAndRoles() async throws {
        try await withHome { home in
            let lease = try await home.cluster.acquire(say: home.say)
            let roles = try await psql(
                lease.superuserURL,
                """
                SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles
                WHERE rolname LIKE 'mpanel%' AND rolcanlogin
                  AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)
                """)
            #expect(roles == "mpanel_app mpanel_owner mpanel_system")
            for url in [lease.ownerURL, lease.appURL, lease.systemURL] {
                #expect(try await psql(url, "SELECT current_database()") == "mpanel")
            }
            #expect(try await psql(lease.ownerURL, "CREATE TABLE made (id int)") == "")
            await #expect(throws: PsqlFailure.self) {
                try await psql(lease.appURL, "CREATE TABLE refused (id int)")
            }
            #expect(try await psql(lease.superuserURL, "SHOW server_encoding") == "UTF8")
            #expect(home.said.contains { $0.hasPrefix("Creating a private PostgreSQL") })
            await lease.release()
        }
    }

    @Test("A second user adopts the running server, and only the last one out stops it")
    func lastOneOutStops() async throws {
        try await withHome { home in
            let first = try await home.cluster.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            let second = try await home.cluster.acquire(say: home.say)
            #expect(home.serverProcess == server)
            await first.release()
            #expect(try await psql(second.appURL, "SELECT 1") == "1")
            await first.release()
            #expect(home.serverProcess == server)
            await second.release()
            #expect(home.serverProcess == nil)
            #expect(home.said.filter { $0.hasPrefix("Starting") }.count == 1)
        }
    }

    @Test("Data survive a stop and a start")
    func dataSurvive() async throws {
        try await withHome { home in
            let first = try await home.cluster.acquire(say: home.say)
            try await psql(first.ownerURL, "CREATE TABLE kept AS SELECT 42 AS answer")
            await first.release()
            let second = try await home.cluster.acquire(say: home.say)
            #expect(try await psql(second.ownerURL, "SELECT answer FROM kept") == "42")
            #expect(home.said.filter { $0.hasPrefix("Creating") }.count == 1)
            await second.release()
        }
    }

    @Test("Two that start at once share one server")
    func twoAtOnce() async throws {
        try await withHome { home in
            async let one = home.cluster.acquire(say: home.say)
            async let other = home.cluster.acquire(say: home.say)
            let (first, second) = (try await one, try await other)
            #expect(home.said.filter { $0.hasPrefix("Creating") }.count == 1)
            #expect(home.said.filter { $0.hasPrefix("Starting") }.count == 1)
            #expect(try await psql(first.appURL, "SELECT 1") == "1")
            await first.release()
            #expect(try await psql(second.appURL, "SELECT 1") == "1")
            await second.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("Whoever comes while the last one leaves always gets a server that answers")
    func comingWhileLeaving() async throws {
        try await withHome { home in
            var holder = try await home.cluster.acquire(say: home.say)
            for _ in 0..<12 {
                let leaving = holder
                async let gone: Void = leaving.release()
                let next = try await home.cluster.acquire(say: home.say)
                await gone
                #expect(try await psql(next.appURL, "SELECT 1") == "1")
                holder = next
            }
            await holder.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("A user killed with -9 leaves the server running; the next one adopts it and stops it at last")
    func killedUser() async throws {
        try await withHome { home in
            let lease = try await home.cluster.acquire(say: home.say)
            let server = try #require(home.serverProcess)
            // Another process that holds the lock as `mpanel` would.
            let holder = try hold(home.usersLock)
            await lease.release()
            #expect(home.serverProcess == server, "somebody else still used it")
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            #expect(home.serverProcess == server, "nobody was left to stop it")

            let next = try await home.cluster.acquire(say: home.say)
            #expect(home.serverProcess == server)
            await next.release()
            #expect(home.serverProcess == nil)
        }
    }

    @Test("After kill -9 of the postmaster the next start recovers what was committed")
    func killedPostmaster() async throws {
        try await withHome(durable: true) { home in
            let first = try await home.cluster.acquire(say: home.say)
            try await psql(first.ownerURL, "CREATE TABLE kept AS SELECT 42 AS answer")
            let server = try #require(home.serverProcess)
            kill(server, SIGKILL)
            let second = try await home.cluster.acquire(say: home.say)
            #expect(home.serverProcess != server)
            #expect(try await psql(second.ownerURL, "SELECT answer FROM kept") == "42")
            await first.release()
            #expect(try await psql(second.appURL, "SELECT 1") == "1")
            await second.release()
        }
    }

    @Test("A postmaster that died is started by one of those who use it, and by nobody when nobody does")
    func revived() async throws {
        try await withHome { home in
            let first = try await home.cluster.acquire(say: home.say)
            let second = try await home.cluster.acquire(say: home.say)
            #expect(try await first.revive() == false, "it lives")
            let server = try #require(home.serverProcess)
            kill(server, SIGKILL)
            // Whoever reaps it may be late: a dead process may keep its id for a while.
            try await Task.sleep(for: .milliseconds(200))
            async let one = first.revive()
            async let other = second.revive()
            #expect(try await [one, other].filter { $0 }.count == 1)
            #expect(try await psql(first.appURL, "SELECT 1") == "1")
            await first.release()
            await second.release()
            #expect(try await first.revive() == false, "it was let go")
            #expect(home.serverProcess == nil)
        }
    }

    @Test("Releasing works in a cancelled task, as a server that shuts down does it")
    func releaseWhenCancelled() async throws {
        try await withHome { home in
            let lease = try await home.cluster.acquire(say: home.say)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await lease.release()
            }
            await task.value
            #expect(home.serverProcess == nil)
        }
    }

    @Test("A role that was given too much, or a missing one, is repaired when the server is adopted")
    func rolesAreRepaired() async throws {
        try await withHome { home in
            let first = try await home.cluster.acquire(say: home.say)
            try await psql(first.superuserURL, "ALTER ROLE mpanel_app BYPASSRLS")
            try await psql(first.superuserURL, "GRANT CONNECT ON DATABASE mpanel TO PUBLIC")
            let second = try await home.cluster.acquire(say: home.say)
            let powers = "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'mpanel_app'"
            #expect(try await psql(second.superuserURL, powers) == "f")
            let access = "SELECT has_database_privilege('public', 'mpanel', 'CONNECT')"
            #expect(try await psql(second.superuserURL, access) == "f")
            await first.release()
            await second.release()
        }
    }

    @Test(
        "The settings of the cluster are ours: no TCP, a durable log, nobody else in the socket's directory")
    func settings() async throws {
        try await withHome(durable: true) { home in
            let lease = try await home.cluster.acquire(say: home.say)
            let settings = """
                SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
                WHERE name IN ('listen_addresses', 'fsync', 'synchronous_commit', 'max_connections')
                """
            #expect(
                try await psql(lease.superuserURL, settings)
                    == "fsync=on listen_addresses= max_connections=100 synchronous_commit=on")
            let mode = try FileManager.default.attributesOfItem(atPath: home.place + "/run")[
                .posixPermissions]
            #expect(mode as? Int == 0o700)
            await lease.release()
        }
    }
}
