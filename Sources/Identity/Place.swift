import Foundation
import Kernel
import Platform
import Web

/// Where a session is used: personal data, shown to its user and to those who manage users, and logged never.
struct Place: Codable, Sendable, Hashable {
    let device: String?
    /// As limits count it: the /64 of IPv6.
    let address: String?

    init(_ caller: Caller) {
        device = caller.userAgent.flatMap { Device.name(of: $0) }
        address = caller.address?.text
    }
}

/// A last use, as it lies sealed in Redis.
struct LastUse: Codable, Sendable, Hashable {
    private static let purpose = "session-seen"

    let microseconds: Int64
    let place: Place

    init(at instant: Instant, _ place: Place) {
        microseconds = instant.microseconds
        self.place = place
    }

    /// Nil when it was sealed with another secret.
    init?(_ sealed: Data, _ secrets: SecretBox) {
        guard let plain = try? secrets.open(sealed, purpose: LastUse.purpose),
            let use = try? JSONDecoder().decode(LastUse.self, from: plain)
        else { return nil }
        self = use
    }

    func sealed(_ secrets: SecretBox) throws -> Data {
        try secrets.seal(try JSONEncoder().encode(self), purpose: LastUse.purpose)
    }
}

extension Session {
    /// With what is known of a later use.
    func used(_ use: LastUse?) -> Session {
        guard let use, use.microseconds > lastUsedAt.microseconds else { return self }
        var session = self
        session.lastUsedAt = Instant(microseconds: use.microseconds)
        session.device = use.place.device ?? device
        session.address = use.place.address ?? address
        return session
    }
}

/// What a User-Agent header tells a person: the program and the system. Nothing of the header itself is kept
/// but the name of a program that is not known here.
enum Device {
    /// The first that is found counts: every browser claims to be those behind it.
    private static let programs = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
        ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
    ]
    private static let longestName = 40

    /// Nil when the header says nothing.
    static func name(of userAgent: String) -> String? {
        let program = programs.first { userAgent.contains($0.0) }?.1 ?? ownName(in: userAgent)
        let system = systems.first { userAgent.contains($0.0) }?.1
        switch (program, system) {
        case (let program?, let system?): return "\(program) on \(system)"
        default: return program ?? system
        }
    }

    /// `curl` of `curl/8.5.0`: what is no browser is called by its first word, if that is one.
    private static func ownName(in userAgent: String) -> String? {
        let word = userAgent.prefix { $0 != "/" && $0 != " " && $0 != "(" }
        let isName = word.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-._".utf8.contains($0) }
        guard isName, !word.isEmpty, word != "Mozilla" else { return nil }
        return String(word.prefix(longestName))
    }
}
