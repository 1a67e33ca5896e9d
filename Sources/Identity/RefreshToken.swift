import Crypto
import Foundation
import Kernel
import Platform
import Web

/// What a refresh token says, to us alone: to its holder it is 256 random bits among others.
struct RefreshToken: Sendable, Hashable {
    let tenant: TenantID
    let session: SessionID
    /// Counts the rotations of its session. Of the present generation it may be used; an earlier one was.
    let generation: Int32
    let text: RefreshTokenText
}

/// Makes refresh tokens, and reads what it made.
///
/// A token is its session, its generation and 32 random bytes, then a keyed hash of these: so whoever knows
/// the id of a session cannot pass something he made up for a used token of it, and have it revoked.
struct RefreshTokens: Sendable {
    private static let bodyBytes = 16 + 16 + 4 + 32

    let secrets: SecretBox

    func issue(for session: SessionID, of tenant: TenantID, generation: Int32) -> RefreshToken {
        var body = Data()
        for uuid in [tenant.uuid, session.uuid] {
            withUnsafeBytes(of: uuid.uuid) { body.append(contentsOf: $0) }
        }
        withUnsafeBytes(of: generation.bigEndian) { body.append(contentsOf: $0) }
        body.append(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
        let text = body.base64URL
        return RefreshToken(
            tenant: tenant, session: session, generation: generation,
            text: RefreshTokenText(trusted: text + seal(of: text)))
    }

    /// Nil for what we have not made.
    func read(_ text: RefreshTokenText) -> RefreshToken? {
        let body = String(text.text.dropLast(32))
        guard isSame(seal(of: body), String(text.text.suffix(32))), let bytes = Data(base64URL: body),
            bytes.count == RefreshTokens.bodyBytes
        else { return nil }
        func uuid(at place: Int) -> UUID {
            bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(fromByteOffset: place, as: uuid_t.self)) }
        }
        let generation = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: Int32.self) }
        return RefreshToken(
            tenant: TenantID(uuid(at: 0)), session: SessionID(uuid(at: 16)),
            generation: Int32(bigEndian: generation), text: text)
    }

    /// What stands in the database of a token.
    func hash(of token: RefreshToken) -> String {
        secrets.fingerprint(of: [token.text.text], purpose: "refresh-token-hash")
    }

    private func seal(of body: String) -> String {
        secrets.fingerprint(of: [body], purpose: "refresh-token")
    }
}

/// Compares keyed hashes. It takes the same time wherever they differ.
func isSame(_ one: String, _ other: String) -> Bool {
    guard one.utf8.count == other.utf8.count else { return false }
    return zip(one.utf8, other.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}

/// A refresh token as it travels. Neither printing nor reflection shows it.
struct RefreshTokenText: Hashable, Sendable {
    static let rule = "must be a refresh token, as signing in or refreshing answered it"
    private static let length = 123

    let text: String

    /// Nil for what cannot be one.
    init?(_ text: String) {
        guard text.utf8.count == RefreshTokenText.length,
            text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    fileprivate init(trusted text: String) {
        self.text = text
    }
}

extension RefreshTokenText: Codable, HasSchema {
    static var schema: JSONSchema {
        .text(
            rule, example: String(repeating: "x", count: length), format: "password",
            parse: { RefreshTokenText($0) != nil })
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let token = RefreshTokenText(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: RefreshTokenText.rule)
        }
        self = token
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension RefreshTokenText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "(refresh token)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
