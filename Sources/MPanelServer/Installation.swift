package import Automation
import Calculations
package import Catalog
package import Customers
package import Discounts
import Foundation
package import Identity
package import Importing
package import Invoicing
package import Kernel
package import Ledger
package import Limits
package import Logging
package import Platform
package import Postgres
package import Redis
package import Reference
package import Subscriptions
package import Tax
package import Tenancy
package import Web

/// The composition root: every capability, wired once. Commands and tests build the same.
package struct Installation: Sendable {
    package let database: Database
    package let system: SystemDatabase
    package let tenants: Tenants
    package let identity: Identity
    package let catalog: Catalog
    package let discounts: Discounts
    package let customers: Customers
    package let tax: Tax
    package let ledger: Ledger
    package let invoicing: Invoicing
    package let subscriptions: Subscriptions
    package let automation: Automation
    package let importing: Importing.Import
    package let jobs: Jobs
    package let commands: Commands
    private let auditLog: AuditLog
    package let pools: [ConnectionPool]
    /// Nil when no Redis could be had; the limits know.
    package let redis: RedisPool?
    package let limits: RateLimits
    package let logger: Logger
    let clock: RealClock
    private let tenancy: Tenancy
    private let listener: Listener
    private let answers: RememberedAnswers
    package let subscribers: [Subscriber]

    /// Addresses of the database for the two roles that serve requests, and what the rest needs.
    package struct Parts: Sendable {
        let appURL: String
        let systemURL: String
        let secrets: SecretBox
        package var clock = RealClock.system
        package var connections = 16
        /// Nil: limits count nothing but attempts to sign in, in this process.
        package var redis: RedisPool?
        package var quotas = RateLimits.Quotas()
        /// The work factor of password hashes; tests take the least.
        package var passwordCost = 10
        /// How long servers believe each other that a session holds.
        package var sessionTrust = SessionMarks.usualTrust
        /// Off for measuring only.
        var remembersAnswers = true

        package init(appURL: String, systemURL: String, secrets: SecretBox) {
            self.appURL = appURL
            self.systemURL = systemURL
            self.secrets = secrets
        }
    }

    package init(_ parts: Parts, logger: Logger) {
        var pool = ConnectionPool.Limits()
        pool.connections = parts.connections
        let app = ConnectionPool(PostgresSettings(url: parts.appURL), limits: pool, logger: logger)
        pool.connections = 4
        let routing = ConnectionPool(PostgresSettings(url: parts.systemURL), limits: pool, logger: logger)
        pools = [app, routing]
        self.logger = logger
        clock = parts.clock
        listener = Listener(PostgresSettings(url: parts.appURL), logger: logger)
        redis = parts.redis
        limits = RateLimits(
            parts.quotas, redis: parts.redis.map { Redis($0) }, secrets: parts.secrets, clock: clock,
            logger: logger, trust: parts.sessionTrust)
        database = Database(app)
        system = SystemDatabase(routing)
        tenants = Tenants(database: database, system: system, clock: clock)
        tenancy = Tenancy(tenants: tenants)
        answers = RememberedAnswers(
            redis: parts.redis.map { Redis($0) }, secrets: parts.secrets, tenants: tenants,
            isOn: parts.remembersAnswers)
        jobs = Jobs(database: database)
        commands = Commands(database: database, secrets: parts.secrets, clock: clock)
        auditLog = AuditLog(database: database)
        identity = Identity(
            database: database, tenants: tenants,
            keys: SigningKeys(system: system, secrets: parts.secrets, clock: clock),
            passwords: PasswordHasher(cost: parts.passwordCost), secrets: parts.secrets, clock: clock,
            limits: limits)
        catalog = Catalog(database: database, tenants: tenants, clock: clock)
        discounts = Discounts(database: database, clock: clock)
        customers = Customers(database: database, tenants: tenants, clock: clock)
        tax = Tax(database: database, clock: clock)
        ledger = Ledger(database: database)
        invoicing = Invoicing(
            database: database, tenants: tenants, taxBooks: tax.books, clock: clock,
            releases: [
                { tx, invoice, creditNote in
                    try await Subscriptions.release(invoice, by: creditNote, in: tx)
                }
            ],
            transfers: [{ tx, replaced in try await Subscriptions.transfer(replaced, in: tx) }])
        subscriptions = Subscriptions(
            database: database, tenants: tenants, taxBooks: tax.books, clock: clock, logger: logger)
        // What others build on comes first, mail last.
        automation = Automation(
            subscriptions.automationSteps, stores: (database, system), tenants: tenants, clock: clock,
            logger: logger)
        subscribers = tenancy.subscribers
        importing = Importing.Import(
            database: database, tenants: tenants, catalog: catalog, customers: customers, tax: tax,
            subscriptions: subscriptions, clock: clock)
    }

    /// Every endpoint there is: there is no other way to add a route.
    package var endpoints: [Endpoint] {
        get throws {
            let business =
                tenancy.endpoints + identity.endpoints + catalog.endpoints + customers.endpoints
                + discounts.endpoints + tax.endpoints + ledger.endpoints + invoicing.endpoints
                + subscriptions.endpoints + automation.endpoints
                + jobs.endpoints + auditLog.endpoints + Calculations().endpoints
            return try healthEndpoints + business + [Installation.openAPI.endpoint(of: business)]
        }
    }

    static let openAPI = OpenAPI(
        title: "MPanel", version: "1.0.0",
        description: "Billing and automation for hosting providers. Amounts are integers in minor units.")

    /// The documentation of these endpoints, as pages.
    package var reference: Reference {
        get throws { try Reference(Installation.openAPI, of: endpoints) }
    }

    package func api(_ settings: API.Settings = API.Settings()) throws -> API {
        API(
            try endpoints, files: try reference.files, settings: telling(settings), logger: logger,
            limit: { rate, subject in try await limits.decide(rate, subject) },
            admit: { actor, rate, caller in try await identity.admit(actor, rate, from: caller) },
            memory: answers.closures,
            allowOrigin: { origin, audience in try await tenants.allows(origin, for: audience) },
            carryOut: { command, body in try await commands.carryOut(command, body) },
            authenticate: { token, host in try await identity.authenticate(bearer: token, host: host) })
    }

    /// The same API for whoever runs the installation, on the command line: every request is the operator's,
    /// in one company, and none is limited.
    package func operatorAPI(of scope: TenantScope) throws -> API {
        API(
            try endpoints, settings: telling(API.Settings()), logger: logger, memory: answers.closures,
            carryOut: { command, body in try await commands.carryOut(command, body) },
            authenticate: { _, _ in Actor(.operatorCommand, role: .owner, scope: scope) })
    }

    /// With what may be told of the errors of PostgreSQL.
    private func telling(_ settings: API.Settings) -> API.Settings {
        var settings = settings
        settings.errorDetail = { error in
            switch error {
            case let error as PostgresError: error.debugDescription
            case let error as ColumnError: "\(error)"
            default: nil
            }
        }
        settings.problem = { error in
            guard let error = error as? PostgresError else { return nil }
            if error == .commitUnknown { return .outcomeUnknown }
            return error.isOutage || error.isBusy ? .unavailable : nil
        }
        return settings
    }

    var jobDefinitions: [JobDefinition] {
        subscriptions.jobs + invoicing.jobs + automation.jobs + subscribers.map { $0.job(on: database) }
    }

    /// Does the jobs of all capabilities.
    package func worker(_ limits: JobWorker.Limits = .init()) -> JobWorker {
        JobWorker(
            jobDefinitions, stores: (database, system), listener: listener, limits: limits, clock: clock,
            logger: logger)
    }

    /// Brings events to the subscribers of all capabilities.
    package func dispatcher(_ limits: EventDispatcher.Limits = .init()) -> EventDispatcher {
        EventDispatcher(
            subscribers, stores: (database, system), listener: listener, limits: limits, clock: clock,
            logger: logger)
    }

    package var eventRetention: EventRetention {
        EventRetention(database: database, clock: clock, logger: logger) { try await tenants.all().map(\.id) }
    }

    /// Keeps what this process remembers fresh.
    package var broadcast: Broadcast {
        Broadcast(listener, hearers: tenancy.hearers.merging(answers.hearers) { own, _ in own })
    }

    package func shutDown() async {
        for pool in pools { await pool.shutDown() }
        await redis?.shutDown()
    }
}
