import BillingMath
package import Kernel
import Memories
import Platform
package import Postgres
package import Web

/// The verbs on tenants and their settings.
package struct Tenants: Sendable {
    let database: Database
    private let system: SystemDatabase
    let clock: RealClock
    package let memory: TenancyMemory

    package init(
        database: Database, system: SystemDatabase, clock: RealClock, memory: TenancyMemory = TenancyMemory()
    ) {
        self.database = database
        self.system = system
        self.clock = clock
        self.memory = memory
    }

    /// What a new tenant is made of. A sandbox starts at `sandboxToday`.
    package struct Founding: Sendable {
        package let slug: Slug
        package let name: Text<1, 120>
        package let settings: TenantSettings
        package let sandboxToday: Day?

        package init(slug: Slug, name: Text<1, 120>, settings: TenantSettings, sandboxToday: Day?) {
            self.slug = slug
            self.name = name
            self.settings = settings
            self.sandboxToday = sandboxToday
        }
    }

    /// Creates a tenant with its settings. Throws `slugTaken`.
    package func found(_ founding: Founding) async throws -> Tenant {
        let tenant = Tenant(
            id: .new(), slug: founding.slug, name: founding.name, isSandbox: founding.sandboxToday != nil)
        try await refusing(["tenants_slug_key": TenancyProblem.slugTaken]) {
            try await database.write(TenantScope(tenant.id)) { tx in
                try await tenant.insert(in: tx, recordedAt: clock.now())
                try await founding.settings.insert(for: tenant.id, in: tx)
                if let today = founding.sandboxToday {
                    try await TenantCalendar.startClock(of: tenant.id, at: today, in: tx)
                }
            }
        }
        return tenant
    }

    /// The tenant that signs in here: by host name where that leads to one, or led five seconds ago, else by
    /// slug.
    package func find(host: HostName?, slug: Slug?) async throws -> TenantID? {
        if let host,
            let tenant = try await memory.hosts.value(
                of: host.text, nil, { try await Tenant.id(host: host, in: system) })
        {
            return tenant
        }
        guard let slug else { return nil }
        return try await Tenant.id(slug: slug, in: system)
    }

    /// Whether a page of this origin may read an answer for this audience.
    package func allows(_ origin: Origin, for audience: OriginAudience) async throws -> Bool {
        switch audience {
        case .tenant(let tenant): return try await allows(origin, tenant)
        case .host(let host):
            guard let tenant = try await find(host: host, slug: nil) else { return false }
            return try await allows(origin, tenant)
        case .preflight(let host):
            guard let tenant = try await find(host: host, slug: nil) else {
                return try await Tenant.isAllowedSomewhere(origin, in: system)
            }
            return try await allows(origin, tenant)
        }
    }

    private func allows(_ origin: Origin, _ tenant: TenantID) async throws -> Bool {
        try await memory.origins.value(of: origin.text, tenant) {
            try await Tenant.allows(origin, tenant, in: system)
        }
    }

    /// Throws `unknownTenant`.
    package func require(slug: Slug) async throws -> TenantID {
        guard let tenant = try await Tenant.id(slug: slug, in: system) else {
            throw TenancyProblem.unknownTenant
        }
        return tenant
    }

    /// Every tenant of the installation, by slug. For the command line and for schedules.
    package func all() async throws -> [(id: TenantID, slug: Slug, name: String)] {
        try await Tenant.all(in: system)
    }

    /// The tenant of this transaction.
    package func current(in tx: Transaction) async throws -> Tenant {
        guard let tenant = try await Tenant.current(in: tx) else { throw Problem.notFound }
        return tenant
    }

    /// The settings and today of this transaction's tenant.
    package func calendar(in tx: Transaction) async throws -> TenantCalendar {
        guard let calendar = try await TenantCalendar.read(in: tx, now: clock.now()) else {
            throw Problem.notFound
        }
        return calendar
    }

    func read(_ scope: TenantScope) async throws -> (tenant: Tenant, calendar: TenantCalendar) {
        try await database.read(scope) { tx in
            (try await current(in: tx), try await calendar(in: tx))
        }
    }

    func change(
        in change: Change, _ apply: (inout TenantSettings) -> Void
    ) async throws -> Changed<(tenant: Tenant, calendar: TenantCalendar)> {
        let tenant = try await current(in: change.tx)
        let before = try await calendar(in: change.tx)
        var settings = try change.subject(before.settings)
        apply(&settings)
        guard try await settings.update(in: change.tx) else { throw Problem.stale }
        try await tellOfSettings(in: change.tx)
        return Changed(from: (tenant, before), to: (tenant, try await calendar(in: change.tx)))
    }
}
