import Foundation
import HTTPTypes
import Kernel
import Limits
import Redis
import TestKit
import Testing
import Web

@Suite("Attempts to sign in", .timeLimit(.minutes(2)))
struct SignInLimitTests {
    @Test("a stranger who fails as often as he likes locks nobody out who was here before")
    func strangers() async throws {
        try await TestServer.limited {
            $0.failuresOfPair = a(3)
            $0.failuresOfAccount = a(7)
        } _: { server, _ in
            let sign = try await server.owner()
            try await server.api { anyone in
                let home = anyone.at("198.51.100.7")
                #expect(try await home.signIn(sign, TestSignIn.password).status == 201)
                var refused = 0
                for number in 1...10 {
                    let stranger = anyone.at("203.0.113.\(number)")
                    if try await stranger.signIn(sign, "wrong password").status == 429 { refused += 1 }
                }
                #expect(refused == 3, "seven strangers may fail, the others must wait")
                let right = try await anyone.at("203.0.113.99").signIn(sign, TestSignIn.password)
                #expect(right.status == 429, "even with the right password")

                #expect(try await home.signIn(sign, TestSignIn.password).status == 201)
                for _ in 0..<3 { #expect(try await home.signIn(sign, "wrong password").status == 401) }
                let locked = try await home.signIn(sign, TestSignIn.password)
                #expect(locked.status == 429)
                #expect(locked["code"] == "rate_limited")
                #expect(locked.headers[.retryAfter].flatMap { Int($0) }.map { (1...120) ~= $0 } == true)
            }
        }
    }

    @Test("an address that fails everywhere waits, and who signed in from it before does not")
    func addresses() async throws {
        try await TestServer.limited {
            $0.failuresOfAddress = a(4)
        } _: { server, _ in
            let (known, other) = (try await server.owner(), try await server.owner("other"))
            try await server.api { anyone in
                let office = anyone.at("2001:db8:1:2::1")
                #expect(try await office.signIn(known, TestSignIn.password).status == 201)
                for number in 0..<4 {
                    let neighbour = anyone.at("2001:db8:1:2::\(number)")
                    let nobody = try await neighbour.signIn(other, "wrong password")
                    #expect(nobody.status == 401)
                }
                #expect(try await office.signIn(other, TestSignIn.password).status == 429)
                #expect(try await office.signIn(known, TestSignIn.password).status == 201)
                let elsewhere = anyone.at("2001:db8:1:3::1")
                #expect(try await elsewhere.signIn(other, TestSignIn.password).status == 201)
            }
        }
    }

    @Test("success forgets the failures before it and counts for none itself")
    func success() async throws {
        try await TestServer.limited {
            $0.failuresOfPair = a(3)
            $0.failuresOfAddress = a(8)
            $0.failuresOfAccount = a(8)
        } _: { server, _ in
            let sign = try await server.owner()
            try await server.api { anyone in
                for _ in 0..<4 {
                    for _ in 0..<2 { #expect(try await anyone.signIn(sign, "wrong password").status == 401) }
                    #expect(try await anyone.signIn(sign, TestSignIn.password).status == 201)
                }
                for _ in 0..<10 { _ = try await anyone.signedIn(sign) }
            }
        }
    }

    @Test("an account that does not exist is limited as one that does")
    func unknown() async throws {
        try await TestServer.limited {
            $0.failuresOfPair = a(2)
        } _: { server, _ in
            _ = try await server.owner()
            try await server.api { anyone in
                var seen: [[String]] = []
                for email in ["owner@acme.example", "nobody@acme.example"] {
                    var answers: [String] = []
                    for _ in 0..<3 {
                        let answer = try await anyone.send(
                            .post, "/v1/sign-ins",
                            ["company": "acme", "email": .string(email), "password": "wrong password"])
                        let detail = answer["detail"].text ?? ""
                        answers.append("\(answer.status) \(answer["code"].text ?? "") \(detail)")
                    }
                    seen.append(answers)
                }
                #expect(seen[0] == seen[1])
                #expect(seen[0].map { $0.prefix(3) } == ["401", "401", "429"])
            }
        }
    }

    @Test("an account is one however its address is written, and attempts at once do not slip through")
    func atOnce() async throws {
        try await TestServer.limited {
            $0.failuresOfPair = a(5)
        } _: { server, _ in
            _ = try await server.owner()
            try await server.api { anyone in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            let email = number % 2 == 0 ? "owner@acme.example" : "OWNER@Acme.example"
                            return try await anyone.send(
                                .post, "/v1/sign-ins",
                                ["company": "acme", "email": .string(email), "password": "wrong password"]
                            ).status
                        }
                    }
                    return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [401: 5, 429: 35])
            }
        }
    }

    @Test("neither accounts nor addresses lie readable in Redis")
    func hashed() async throws {
        try await OwnRedis.run { redis in
            try await TestServer.run(.init(RateLimits.Quotas(), redisURL: redis.url)) { server in
                let sign = try await server.owner()
                try await server.api { anyone in
                    let client = anyone.at("203.0.113.9")
                    #expect(try await client.signIn(sign, "wrong password").status == 401)
                    let owner = try await client.signedIn(sign)
                    #expect(try await owner.send(.get, "/v1/me").status == 200)
                    #expect(try await client.send(.get, "/v1/me").status == 401)
                }
            }
            let written = try redis.written()
            #expect(written.contains("mpanel:limits:"))
            for secret in ["203.0.113.9", "owner@", "acme"] { #expect(!written.contains(secret)) }
        }
    }
}
