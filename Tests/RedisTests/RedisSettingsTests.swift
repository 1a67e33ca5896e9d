import Testing

@testable import Redis

@Suite("The URL of Redis")
struct RedisSettingsTests {
    typealias Credentials = RedisSettings.Credentials

    @Test("Host, port, database and sign-in are read, with the usual port when none is given")
    func network() throws {
        let plain = try RedisSettings(url: "redis://cache.example")
        #expect(plain.address == .network(host: "cache.example", port: 6379))
        #expect(plain.encryption == .none)
        #expect(plain.credentials == nil)
        #expect(plain.database == 0)

        let full = try RedisSettings(url: "redis://app:p%40ss%2Fw@10.0.0.1:7000/3")
        #expect(full.address == .network(host: "10.0.0.1", port: 7000))
        #expect(full.credentials == Credentials(user: "app", password: "p@ss/w"))
        #expect(full.database == 3)

        let old = try RedisSettings(url: "redis://:secret@[::1]/")
        #expect(old.address == .network(host: "::1", port: 6379))
        #expect(old.credentials == Credentials(user: nil, password: "secret"))
    }

    @Test("rediss is encrypted and verified, by an authority of one's own if there is one")
    func encrypted() throws {
        #expect(try RedisSettings(url: "rediss://h").encryption == .verified(authorities: nil))
        #expect(
            try RedisSettings(url: "rediss://h?ca=/etc/ca%20one.pem").encryption
                == .verified(authorities: "/etc/ca one.pem"))
    }

    @Test("A socket's path may be odd, and its database and sign-in are parameters")
    func socket() throws {
        let plain = try RedisSettings(url: "unix:///run/redis/redis.sock")
        #expect(plain.address == .socket(path: "/run/redis/redis.sock"))
        let full = try RedisSettings(url: "redis+unix:///a%20b.sock?database=2&user=app&password=p%26q")
        #expect(full.address == .socket(path: "/a b.sock"))
        #expect(full.database == 2)
        #expect(full.credentials == Credentials(user: "app", password: "p&q"))
    }

    @Test(
        "What is wrong is named, and the password is not",
        arguments: [
            ("hunter2", RedisURLProblem.scheme), ("http://:hunter2@h", .scheme), ("redis:hunter2", .scheme),
            ("redis://:hunter2@", .host), ("redis://:hunter2@h:0", .port),
            ("redis://:hunter2@h:70000", .port),
            ("redis://:hunter2@h/one", .database), ("redis://:hunter2@h/-1", .database),
            ("redis://:hunter2@h/99999", .database), ("redis://hunter2@h", .user),
            ("redis://:hunter2@h?ca=/f", .authoritiesWithoutEncryption),
            ("rediss://:hunter2@h?verify=none", .parameter), ("rediss://:hunter2@h?ca=", .parameter),
            ("rediss://:hunter2@h?ca=a&ca=b", .parameter), ("unix://h/p?password=hunter2", .path),
            ("unix://?password=hunter2", .path), ("redis://:hunter2#x@h", .unreadable),
            // A password whose slash should have been encoded ends up as the port.
            ("redis://:hunter2/more@h", .unreadable),
        ])
    func refused(_ url: String, _ problem: RedisURLProblem) {
        let thrown = #expect(throws: RedisURLProblem.self) { try RedisSettings(url: url) }
        #expect(thrown == problem)
        #expect(thrown.map { !"\($0)".contains("hunter2") } ?? false)
    }

    @Test("Settings do not show the password")
    func hidden() throws {
        let settings = try RedisSettings(url: "redis://app:hunter2@h")
        var text = "\(settings) \(String(reflecting: settings))"
        dump(settings, to: &text)
        #expect(!text.contains("hunter2"))
    }
}
