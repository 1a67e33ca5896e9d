import BillingMath
import Kernel
import Postgres

extension Tenant {
    init(row: Row) throws {
        id = try row["tenant_id"]
        slug = try row["slug"]
        name = try row["name"]
        isSandbox = try row["is_sandbox"]
    }

    func insert(in tx: Transaction, recordedAt: Instant) async throws {
        try await tx.run(
            """
            INSERT INTO tenants (tenant_id, slug, name, is_sandbox, recorded_at)
            VALUES (\(id), \(slug), \(name), \(isSandbox), \(recordedAt))
            """)
    }

    static func current(in tx: Transaction) async throws -> Tenant? {
        try await tx.first("SELECT tenant_id, slug, name, is_sandbox FROM tenants", Tenant.init(row:))
    }

    /// The only look-ups without a tenant: ids and routing, through the system role.
    static func id(slug: Slug, in system: SystemDatabase) async throws -> TenantID? {
        try await system.first("SELECT tenant_id FROM tenants WHERE slug = \(slug)") { try $0["tenant_id"] }
    }

    static func id(host: HostName, in system: SystemDatabase) async throws -> TenantID? {
        try await system.first("SELECT tenant_id FROM host_names WHERE host_name = \(host)") {
            try $0["tenant_id"]
        }
    }

    /// Whether a page of this origin may read the tenant's answers.
    static func allows(_ origin: Origin, _ tenant: TenantID, in system: SystemDatabase) async throws -> Bool {
        try await system.first(
            """
            SELECT \(origin) = ANY (allowed_origins) AS allowed
            FROM tenants
            WHERE tenant_id = \(tenant)
            """
        ) { try $0["allowed"] } ?? false
    }

    /// Whether any tenant lets pages of this origin read its answers.
    static func isAllowedSomewhere(_ origin: Origin, in system: SystemDatabase) async throws -> Bool {
        try await system.first(
            "SELECT EXISTS (SELECT FROM tenants WHERE \(origin) = ANY (allowed_origins)) AS allowed"
        ) { try $0["allowed"] } ?? false
    }

    static func all(in system: SystemDatabase) async throws -> [(id: TenantID, slug: Slug, name: String)] {
        try await system.all("SELECT tenant_id, slug, name FROM tenants ORDER BY slug") {
            (try $0["tenant_id"], try $0["slug"], try $0["name"])
        }
    }

    func add(hostName: HostName, in tx: Transaction) async throws {
        try await refusing(["host_names_host_name_key": TenancyProblem.hostNameTaken]) {
            try await tx.run("INSERT INTO host_names (tenant_id, host_name) VALUES (\(id), \(hostName))")
        }
    }
}

extension TenantCalendar {
    /// One query for settings and clock.
    static func read(in tx: Transaction, now: Instant) async throws -> TenantCalendar? {
        try await tx.first(
            """
            SELECT s.version, s.seller_name, s.seller_street, s.seller_postal_code, s.seller_city,
                s.seller_country,
                s.seller_tax_number, s.seller_vat_id, s.seller_bank_account, s.locale, s.time_zone,
                s.default_currency, s.brand_name, s.brand_color, s.invoice_number_format,
                s.credit_note_number_format, s.policies, s.automation_hour, t.allowed_origins, c.today
            FROM tenant_settings AS s
            JOIN tenants AS t USING (tenant_id)
            LEFT JOIN sandbox_clocks AS c USING (tenant_id)
            """
        ) { row in
            let settings = try TenantSettings(row: row)
            let sandboxToday: Day? = try row["today"]
            return TenantCalendar(
                settings: settings, today: sandboxToday ?? Day(of: now, in: settings.timeZone.zone))
        }
    }

    static func startClock(of tenant: TenantID, at today: Day, in tx: Transaction) async throws {
        try await tx.run("INSERT INTO sandbox_clocks (tenant_id, today) VALUES (\(tenant), \(today))")
    }
}

extension TenantSettings {
    init(row: Row) throws {
        version = try row["version"]
        seller = Seller(
            name: try row["seller_name"], street: try row["seller_street"],
            postalCode: try row["seller_postal_code"], city: try row["seller_city"],
            country: try row["seller_country"], taxNumber: try row["seller_tax_number"],
            vatID: try row["seller_vat_id"], bankAccount: try row["seller_bank_account"])
        locale = try row["locale"]
        timeZone = try row["time_zone"]
        defaultCurrency = try row["default_currency"]
        brand = Brand(name: try row["brand_name"], color: try row["brand_color"])
        invoiceNumberFormat = try row["invoice_number_format"]
        creditNoteNumberFormat = try row["credit_note_number_format"]
        policies = try PolicySettings(stored: row["policies"])
        let origins: [String] = try row["allowed_origins"]
        allowedOrigins = AllowedOrigins(unchecked: origins.compactMap { Origin($0) })
        automationHour = try row["automation_hour"]
    }

    func insert(for tenant: TenantID, in tx: Transaction) async throws {
        try await tx.run(
            """
            INSERT INTO tenant_settings (tenant_id, version, seller_name, seller_street, seller_postal_code,
                seller_city, seller_country, seller_tax_number, seller_vat_id, seller_bank_account, locale,
                time_zone, default_currency, brand_name, brand_color, invoice_number_format,
                credit_note_number_format, policies, automation_hour)
            VALUES (\(tenant), \(version), \(seller.name), \(seller.street), \(seller.postalCode),
                \(seller.city), \(seller.country), \(seller.taxNumber), \(seller.vatID),
                    \(seller.bankAccount),
                \(locale), \(timeZone), \(defaultCurrency), \(brand.name), \(brand.color),
                    \(invoiceNumberFormat),
                \(creditNoteNumberFormat), \(policies.stored), \(automationHour))
            """)
    }

    /// False when another change came first.
    func update(in tx: Transaction) async throws -> Bool {
        let origins = allowedOrigins.list.map(\.text)
        try await tx.run("UPDATE tenants SET allowed_origins = \(origins)")
        return try await tx.run(
            """
            UPDATE tenant_settings
            SET version = version + 1, seller_name = \(seller.name), seller_street = \(seller.street),
                seller_postal_code = \(seller.postalCode), seller_city = \(seller.city),
                seller_country = \(seller.country), seller_tax_number = \(seller.taxNumber),
                seller_vat_id = \(seller.vatID), seller_bank_account = \(seller.bankAccount),
                    locale = \(locale),
                time_zone = \(timeZone), default_currency = \(defaultCurrency), brand_name = \(brand.name),
                brand_color = \(brand.color), invoice_number_format = \(invoiceNumberFormat),
                credit_note_number_format = \(creditNoteNumberFormat), policies = \(policies.stored),
                automation_hour = \(automationHour)
            WHERE version = \(version)
            """) == 1
    }
}
