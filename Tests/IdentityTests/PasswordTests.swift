import Foundation
import Kernel
import Testing

@testable import Identity

struct PasswordTests {
    @Test(
        "a password has 10 to 72 bytes and no NUL",
        arguments: [
            (String(repeating: "a", count: 9), false), (String(repeating: "a", count: 10), true),
            (String(repeating: "a", count: 72), true), (String(repeating: "a", count: 73), false),
            (String(repeating: "ä", count: 36), true), (String(repeating: "ä", count: 37), false),
            ("1234567890\0", false), ("", false),
        ])
    func rule(text: String, isGood: Bool) {
        #expect((Password(text) != nil) == isGood)
    }

    @Test("a password is decoded, but nothing encodes it")
    func coding() throws {
        let password = try JSONDecoder().decode(Password.self, from: Data("\"correct horse\"".utf8))
        #expect(password.text == "correct horse")
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([password]) }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Password.self, from: Data("\"short\"".utf8))
        }
    }

    @Test("neither a password nor its hash is printed, dumped or reflected, alone or inside something")
    func redaction() throws {
        let password = try #require(Password("correct horse"))
        let hash = try #require(PasswordHash(of: password, cost: 4))
        var dumped = ""
        dump((password, hash), to: &dumped)
        let printed =
            "\([password]) \(String(reflecting: password)) \(hash) \([hash]) \(String(reflecting: hash))"
        for text in [printed, dumped] {
            #expect(!text.contains("horse"))
            #expect(!text.contains("$2b$"))
        }
    }
}

struct PasswordHashTests {
    @Test("the hash is the published one of Openwall's bcrypt")
    func vector() throws {
        // The bytes behind the seventy-second, which the original has, are ignored by bcrypt and refused by
        // us.
        let text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        let password = try #require(Password(text))
        let hash = try #require(PasswordHash("$2b$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"))
        #expect(hash.matches(password))
        let shorter = try #require(Password(String(text.dropLast())))
        #expect(!hash.matches(shorter))
    }

    @Test("a password matches its own hash only, and every hash has a salt of its own")
    func matching() throws {
        let password = try #require(Password("correct horse"))
        let hash = try #require(PasswordHash(of: password, cost: 4))
        #expect(hash.text.hasPrefix("$2b$04$"))
        #expect(hash.matches(password))
        let other = try #require(Password("correct house"))
        #expect(!hash.matches(other))
        let again = try #require(PasswordHash(of: password, cost: 4))
        #expect(again.text != hash.text)
        #expect(again.matches(password))
    }

    @Test(
        "what another method or nobody made is no hash",
        arguments: [
            "", "*0", "ab", "$1$abcdefgh$ijklmnopqrstuvwxyz0123", "$2b$10$short",
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
        ])
    func foreign(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("a hash that bcrypt cannot read matches nothing")
    func unreadable() throws {
        let hash = try #require(PasswordHash("$2b$99$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"))
        let password = try #require(Password("correct horse"))
        #expect(!hash.matches(password))
    }

    @Test("a cost that bcrypt does not have makes no hash", arguments: [3, 32, -1])
    func cost(_ cost: Int) throws {
        let password = try #require(Password("correct horse"))
        #expect(PasswordHash(of: password, cost: cost) == nil)
    }
}
