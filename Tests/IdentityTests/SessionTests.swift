import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Platform
import Tenancy
import TestKit
import Testing
import Web

@Suite("Sessions", .timeLimit(.minutes(2)))
struct SessionTests {
    private let clock = MovedClock()

    @Test("a refresh answers new tokens of the same session, and the old access token holds on")
    func rotation() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let first = try await anyone.signIn(sign)
            let second = try await anyone.refreshed(first)
            #expect(second.session == first.session)
            #expect(second.refresh != first.refresh)
            #expect(try await first.status() == 200)
            clock.wait(seconds: 900)
            #expect(try await first.status() == 401)
            let third = try await anyone.refreshed(second)
            #expect(try await third.status() == 200)
        }
    }

    @Test("a used refresh token that comes again ends the session, also for who holds the next one")
    func reuse() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let other = try await anyone.signIn(sign)
            let first = try await anyone.signIn(sign)
            let second = try await anyone.refreshed(first)
            clock.wait(seconds: 10)
            let refused = try await anyone.tryToRefresh(first.refresh)
            #expect(refused.status == 401 && refused["code"] == "refresh_failed")
            #expect(try await second.status() == 401)
            #expect(try await anyone.tryToRefresh(second.refresh).status == 401)
            #expect(try await other.status() == 200)
        }
    }

    @Test("a token that comes twice within ten seconds is answered twice, and only one heir can go on")
    func doubleSend() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let first = try await anyone.signIn(sign)
            let heirs = try await withThrowingTaskGroup(of: SignedIn.self) { group in
                for _ in 0..<3 { group.addTask { try await anyone.refreshed(first) } }
                return try await group.reduce(into: [SignedIn]()) { $0.append($1) }
            }
            #expect(Set(heirs.map(\.refresh)).count == 3)
            for heir in heirs { #expect(try await heir.status() == 200) }
            let next = try await anyone.refreshed(heirs[1])
            // The first one is of the past by two rotations now, grace or not.
            #expect(try await anyone.tryToRefresh(first.refresh).status == 401)
            #expect(try await next.status() == 401)
        }
    }

    @Test("of two heirs the second one to be used ends the session")
    func thief() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let first = try await anyone.signIn(sign)
            let owner = try await anyone.refreshed(first)
            let thief = try await anyone.refreshed(first)
            clock.wait(seconds: 800)
            let gone = try await anyone.refreshed(thief)
            clock.wait(seconds: 20)
            #expect(try await anyone.tryToRefresh(owner.refresh).status == 401)
            #expect(try await gone.status() == 401)
        }
    }

    @Test("a session that is not used for thirty days is over, and any is after ninety")
    func ends() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let idle = try await anyone.signIn(sign)
            clock.wait(seconds: 30 * 86_400)
            #expect(try await anyone.tryToRefresh(idle.refresh).status == 401)

            var busy = try await anyone.signIn(sign)
            for _ in 0..<4 {
                clock.wait(seconds: 20 * 86_400)
                busy = try await anyone.refreshed(busy)
            }
            clock.wait(seconds: 10 * 86_400 - 1)
            busy = try await anyone.refreshed(busy)
            #expect(try await busy.status() == 200)
            clock.wait(seconds: 1)
            #expect(try await busy.status() == 401)
            #expect(try await anyone.tryToRefresh(busy.refresh).status == 401)
        }
    }

    @Test("whoever signs out is out at once, there and nowhere else")
    func signOut() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let (here, there) = (try await anyone.signIn(sign), try await anyone.signIn(sign))
            #expect(try await here.client.send(.delete, "/v1/me/session").status == 204)
            #expect(try await here.status() == 401)
            #expect(try await here.client.send(.delete, "/v1/me/session").status == 401)
            #expect(try await anyone.tryToRefresh(here.refresh).status == 401)
            #expect(try await there.status() == 200)
        }
    }

    @Test("sessions are listed with device and address, and ended one by one or all but this one")
    func list() async throws {
        try await TestServer.run(by: clock) { server, sign, anyone in
            let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
            let here = try await anyone.at("203.0.113.9").called(firefox).signIn(sign)
            let there = try await anyone.at("2001:db8::1").signIn(sign)
            let third = try await anyone.signIn(sign)
            let list = try await here.client.send(.get, "/v1/me/sessions")["items"].items
            #expect(list.map(\.["id"]) == [third, there, here].map { .string($0.session) })
            #expect(list.map(\.["is_current"]) == [false, false, true])
            #expect(list[2]["device"] == "Firefox on Linux" && list[2]["address"] == "203.0.113.9")
            #expect(list[1]["device"] == .null && list[1]["address"] == "2001:db8:0:0::/64")

            let path = "/v1/me/sessions/\(there.session)"
            #expect(try await here.client.send(.delete, path).status == 204)
            #expect(try await there.status() == 401)
            #expect(try await here.client.send(.delete, path).status == 404)
            #expect(try await here.client.send(.delete, "/v1/me/sessions").status == 204)
            #expect(try await third.status() == 401)
            #expect(try await here.status() == 200)

            let colleague = try await anyone.signIn(try await server.user(.staff, of: sign.company))
            let foreign = "/v1/me/sessions/\(here.session)"
            #expect(try await colleague.client.send(.delete, foreign).status == 404)
            #expect(try await here.status() == 200)
        }
    }

    @Test("a hundred sessions are kept of a user: the oldest gives way")
    func many() async throws {
        try await TestServer.run(by: clock) { _, sign, anyone in
            let first = try await anyone.signIn(sign)
            let second = try await anyone.signIn(sign)
            for _ in 0..<99 { _ = try await anyone.signIn(sign) }
            #expect(try await first.status() == 401)
            let list = try await second.client.send(.get, "/v1/me/sessions")["items"].items
            #expect(list.count == 100)
        }
    }

    @Test("a refresh token is for its own company's host only")
    func hosts() async throws {
        try await TestServer.run(by: clock) { server, sign, anyone in
            let other = try #require(Slug("other"))
            try await server.company(other)
            let first = try await anyone.signIn(sign)
            let second = try await anyone.refreshed(first)
            // The host that the test's requests ask for is the other company's from now on.
            let tenants = server.installation.tenants
            let scope = TenantScope(try await tenants.require(slug: other))
            try await tenants.add(
                hostName: try #require(HostName("localhost")),
                by: Actor(.operatorCommand, role: .owner, scope: scope))
            let answer = try await anyone.tryToRefresh(second.refresh)
            #expect(answer.status == 401 && answer["code"] == "refresh_failed")
            #expect(try await second.status() == 401)
        }
    }
}
