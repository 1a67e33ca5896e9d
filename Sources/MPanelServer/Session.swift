import ArgumentParser
import Foundation
import Kernel
import Logging
import Postgres
import Redis
import Schema
import Tenancy
import Web

/// What a command works with for its own time: the settings, a database that runs, and the capabilities on
/// it.
struct Session: Sendable {
    let settings: Settings
    let installation: Installation
    let logger: Logger
    private let ownerURL: String?
    let lease: PrivateCluster.Lease?
    let redisLease: PrivateRedis.Lease?

    /// Opens the installation, migrates it if it is the private one, runs `body`, and closes it again.
    static func run<Value>(
        connections: Int = 8, _ body: (Session) async throws -> Value
    ) async throws -> Value {
        do {
            let session = try await open(connections: connections)
            do {
                let value = try await body(session)
                await session.close()
                return value
            } catch {
                await session.close()
                throw error
            }
        } catch let problem as Problem {
            throw Complaint(problem.sentence)
        } catch let error as PostgresError {
            throw Complaint("The database refused this (\(error.debugDescription)).")
        }
    }

    /// What a session is opened for.
    enum Purpose {
        /// Its standard output is a result; only the servers' is a log.
        case command
        /// Counts requests, in Redis.
        case serving
        case working
    }

    static func open(connections: Int, for purpose: Purpose = .command) async throws -> Session {
        let settings = try await Settings.read()
        let isCommand = purpose == .command
        let level = isCommand ? .warning : Logger.Level(rawValue: settings.logLevel) ?? .info
        let write = isCommand ? Terminal.log : StandardOutput.write
        let logger = Logger(label: "mpanel") { label in
            JSONLogHandler(label: label, level: level, write: write)
        }
        var lease: PrivateCluster.Lease?
        let urls: Settings.Databases
        if let configured = settings.databases {
            urls = configured
        } else {
            let cluster = PrivateCluster(home: settings.home, binaries: settings.postgresBinaries)
            let held = try await cluster.acquire(say: Terminal.say)
            lease = held
            urls = Settings.Databases(app: held.appURL, system: held.systemURL, owner: held.ownerURL)
        }
        if lease != nil, let owner = urls.owner {
            _ = try await Migrator(owner: PostgresSettings(url: owner), logger: logger).migrate(
                Schema.migrations)
        }
        try FileManager.default.createDirectory(atPath: settings.home, withIntermediateDirectories: true)
        var parts = Installation.Parts(
            appURL: urls.app, systemURL: urls.system, secrets: try Secret.box(settings))
        parts.connections = connections
        parts.quotas = settings.quotas
        parts.remembersAnswers = settings.remembersAnswers
        let redis = purpose == .serving ? try await SharedRedis.open(settings, logger: logger) : nil
        parts.redis = redis?.pool
        return Session(
            settings: settings, installation: Installation(parts, logger: logger), logger: logger,
            ownerURL: urls.owner, lease: lease, redisLease: redis?.lease)
    }

    /// Applies what is pending. Throws when the owner's address is not configured.
    func migrate() async throws -> [Migration] {
        guard let ownerURL else {
            throw Complaint(
                "Set MPANEL_OWNER_DATABASE_URL (role mpanel_owner) to migrate a database of your own.")
        }
        return try await Migrator(owner: PostgresSettings(url: ownerURL), logger: logger).migrate(
            Schema.migrations)
    }

    func close() async {
        await installation.shutDown()
        await lease?.release()
        await redisLease?.release()
    }

    func tenant(_ slug: String) async throws -> TenantID {
        guard let slug = Slug(slug) else { throw ValidationError("--tenant \(Slug.rule)") }
        return try await installation.tenants.require(slug: slug)
    }
}

extension Problem {
    /// The problem as one line for a terminal.
    var sentence: String {
        errors.isEmpty
            ? detail : detail + " " + errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; ")
    }
}
