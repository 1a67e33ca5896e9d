import Configuration
import Foundation
import Limits
import SystemPackage

/// Where an installation keeps its things and whom it talks to: from the environment (`MPANEL_…`), then from
/// the JSON file that `MPANEL_CONFIG` names.
struct Settings: Sendable {
    /// The private database and the secret live here when none are configured.
    let home: String
    let databases: Databases?
    /// Nil for the private Redis.
    let redisURL: String?
    /// Where `redis-server` is, when it is not where Debian puts it.
    let redisBinaries: String?
    let quotas: RateLimits.Quotas
    /// 32 bytes in hexadecimal; nil: a file in `home`, made at first use.
    let secretKey: String?
    let host: String
    let port: Int
    /// Where /metrics is served; nowhere without a port.
    let metricsHost: String
    let metricsPort: Int?
    let isBehindTLS: Bool
    let trustedProxies: Int
    /// False for measuring only.
    let remembersAnswers: Bool
    let logLevel: String
    /// Where `pg_ctl` is, when it is not where Debian puts it.
    let postgresBinaries: String?

    /// One address for each role; README.md says how to make the roles.
    struct Databases: Sendable {
        let app: String
        let system: String
        let owner: String?
    }

    static func read() async throws -> Settings {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if let file = ProcessInfo.processInfo.environment["MPANEL_CONFIG"] {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
        }
        let config = ConfigReader(providers: providers).scoped(to: "mpanel")
        return Settings(
            home: config.string(forKey: "home", default: "var"),
            databases: try databases(config),
            redisURL: config.string(forKey: "redis.url", isSecret: true),
            redisBinaries: config.string(forKey: "redis.bin"),
            quotas: try quotas(config),
            secretKey: config.string(forKey: "secret.key", isSecret: true),
            host: config.string(forKey: "host", default: "127.0.0.1"),
            port: config.int(forKey: "port", default: 8080),
            metricsHost: config.string(
                forKey: "metrics.host", default: config.string(forKey: "host", default: "127.0.0.1")),
            metricsPort: try metricsPort(config),
            isBehindTLS: config.bool(forKey: "behind.tls", default: false),
            trustedProxies: config.int(forKey: "trusted.proxies", default: 0),
            remembersAnswers: config.bool(forKey: "remember.answers", default: true),
            logLevel: config.string(forKey: "log.level", default: "info"),
            postgresBinaries: config.string(forKey: "postgres.bin"))
    }

    /// `MPANEL_RATE_LIMIT_…`: a count for each quota, whose window stays.
    private static func quotas(_ config: ConfigReader) throws -> RateLimits.Quotas {
        var quotas = RateLimits.Quotas()
        for (name, path) in RateLimits.Quotas.names {
            let key = ConfigKey("rate.limit.\(name)")
            let count = config.int(forKey: key)
            // What is no number must not pass for the default.
            if count == nil, config.string(forKey: key) == nil { continue }
            let window = quotas[keyPath: path].windowSeconds
            guard let count, let quota = RateQuota(Int64(count), windowSeconds: window) else {
                let variable = name.uppercased().replacing(".", with: "_")
                throw Complaint(
                    "MPANEL_RATE_LIMIT_\(variable) must be from 0, which switches it off, to "
                        + "\(RateQuota.counts.upperBound).")
            }
            quotas[keyPath: path] = quota
        }
        return quotas
    }

    /// Like the quotas, it must not pass for switched off because it is no number.
    private static func metricsPort(_ config: ConfigReader) throws -> Int? {
        guard
            let text = config.string(forKey: "metrics.port")
                ?? config.int(forKey: "metrics.port")
                .map(String.init)
        else { return nil }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw Complaint("MPANEL_METRICS_PORT must be a port, from 1 to 65535.")
        }
        return port
    }

    private static func databases(_ config: ConfigReader) throws -> Databases? {
        let app = config.string(forKey: "database.url", isSecret: true)
        let system = config.string(forKey: "system.database.url", isSecret: true)
        let owner = config.string(forKey: "owner.database.url", isSecret: true)
        switch (app, system) {
        case (nil, nil): return nil
        case (let app?, let system?): return Databases(app: app, system: system, owner: owner)
        default:
            throw Complaint(
                "MPANEL_DATABASE_URL (mpanel_app) and MPANEL_SYSTEM_DATABASE_URL (mpanel_system) belong "
                    + "together: set both, or neither for the private database.")
        }
    }
}

/// Something the person at the command line should know; printed as it is.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
