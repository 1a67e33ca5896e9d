import Foundation
import Kernel
import Platform
import Testing
import Web

@testable import Identity

struct RefreshTokenTests {
    private let tokens = RefreshTokens(secrets: SecretBox(secret: SecretBox.newSecret())!)
    private let session = SessionID.new()
    private let tenant = TenantID.new()

    @Test("a token tells us its session and generation, and no two are the same")
    func roundTrip() throws {
        let token = tokens.issue(for: session, of: tenant, generation: 7)
        #expect(tokens.read(token.text) == token)
        #expect(RefreshTokenText(token.text.text) == token.text)
        let other = tokens.issue(for: session, of: tenant, generation: 7)
        #expect(other.text != token.text)
        #expect(tokens.hash(of: other) != tokens.hash(of: token))
    }

    @Test("a token of which any character was changed is none, nor is one of another installation")
    func forgery() throws {
        let text = tokens.issue(for: session, of: tenant, generation: 7).text.text
        for place in text.indices {
            let other = text[place] == "a" ? "b" : "a"
            let forged = text.replacingCharacters(in: place...place, with: other)
            let wire = try #require(RefreshTokenText(forged))
            #expect(tokens.read(wire) == nil, "\(text.distance(from: text.startIndex, to: place))")
        }
        let stranger = RefreshTokens(secrets: SecretBox(secret: SecretBox.newSecret())!)
        #expect(stranger.read(try #require(RefreshTokenText(text))) == nil)
    }

    @Test("a token shows itself in no text but JSON")
    func redaction() throws {
        let token = tokens.issue(for: session, of: tenant, generation: 7)
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!dumped.contains(token.text.text) && !"\(token)".contains(token.text.text))
        #expect(
            String(decoding: try JSONEncoder().encode([token.text]), as: UTF8.self).contains(token.text.text))
    }
}

/// What becomes of a refresh token that comes, by the state of its session.
struct VerdictTests {
    private let now = Instant(microseconds: 1_800_000_000_000_000)

    private func session(_ generation: Int32, _ hashes: [String], rotatedAgo seconds: Int64) -> Session {
        Session(
            id: .new(), user: .new(), generation: generation, tokenHashes: hashes,
            rotatedAt: now.adding(seconds: -seconds), lastUsedAt: now, device: nil, address: nil,
            recordedAt: now, expiresAt: now)
    }

    @Test("the next one rotates, a used one is stolen but for ten seconds, others are unknown")
    func verdicts() {
        let fresh = session(5, ["aa"], rotatedAgo: 9)
        #expect(fresh.verdict(on: 5, "aa", at: now) == .rotate)
        #expect(fresh.verdict(on: 5, "ab", at: now) == .unknown)
        #expect(fresh.verdict(on: 4, "xx", at: now) == .repeated)
        #expect(fresh.verdict(on: 3, "xx", at: now) == .stolen)
        #expect(fresh.verdict(on: 6, "xx", at: now) == .unknown)
        #expect(session(5, ["aa"], rotatedAgo: 10).verdict(on: 4, "xx", at: now) == .stolen)
        let many = session(5, ["a", "b", "c", "d"], rotatedAgo: 1)
        #expect(many.verdict(on: 4, "xx", at: now) == .stolen)
        #expect(many.verdict(on: 5, "d", at: now) == .rotate)
    }

    @Test("a session ends a month after its last use, and three months after it was opened")
    func ends() {
        func end(usedAfter days: Int64) -> Instant {
            Session.end(openedAt: now, usedAt: now.adding(seconds: days * 86_400))
        }
        #expect(end(usedAfter: 0) == now.adding(seconds: 30 * 86_400))
        #expect(end(usedAfter: 59) == now.adding(seconds: 89 * 86_400))
        #expect(end(usedAfter: 80) == now.adding(seconds: 90 * 86_400))
    }
}

struct DeviceTests {
    @Test(
        "a device is called by its program and system",
        arguments: [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                    + "Version/18.0 Safari/605.1.15", "Safari on Mac"
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"
            ),
            ("curl/8.5.0", "curl"), ("Mozilla/5.0", nil), ("", nil), ("<script>/1", nil),
            ("\u{1B}[31m/1", nil),
            (String(repeating: "a", count: 500), String(repeating: "a", count: 40)),
        ] as [(String, String?)])
    func names(header: String, name: String?) {
        #expect(Device.name(of: header) == name)
    }
}
