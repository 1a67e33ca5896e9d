package import Postgres

/// The migrations, in order. Each is a file in `Migrations/`; one that landed is never edited again.
package enum Schema {
    package static let migrations: [Migration] = [
        migration(1, "protection", PackageResources._001_protection_sql),
        migration(2, "tenancy", PackageResources._002_tenancy_sql),
        migration(3, "platform", PackageResources._003_platform_sql),
        migration(4, "identity", PackageResources._004_identity_sql),
        migration(5, "catalog", PackageResources._005_catalog_sql),
        migration(6, "customers", PackageResources._006_customers_sql),
        migration(7, "tax", PackageResources._007_tax_sql),
        migration(8, "ledger", PackageResources._008_ledger_sql),
        migration(9, "invoicing", PackageResources._009_invoicing_sql),
        migration(10, "frozen_documents", PackageResources._010_frozen_documents_sql),
        migration(11, "subscriptions", PackageResources._011_subscriptions_sql),
        migration(12, "billing_runs", PackageResources._012_billing_runs_sql),
        migration(13, "imported_rows", PackageResources._013_imported_rows_sql),
        migration(14, "settings_read_once", PackageResources._014_settings_read_once_sql),
        migration(15, "lighter_runs", PackageResources._015_lighter_runs_sql),
        migration(16, "jobs", PackageResources._016_jobs_sql),
        migration(17, "commands", PackageResources._017_commands_sql),
        migration(18, "sessions", PackageResources._018_sessions_sql),
        migration(19, "event_deliveries", PackageResources._019_event_deliveries_sql),
        migration(20, "origins", PackageResources._020_origins_sql),
        migration(21, "automation", PackageResources._021_automation_sql),
        migration(22, "traces", PackageResources._022_traces_sql),
        migration(23, "readiness", PackageResources._023_readiness_sql),
        migration(24, "policies", PackageResources._024_policies_sql),
        migration(25, "credits_by_line", PackageResources._025_credits_by_line_sql),
        migration(26, "changing_subscriptions", PackageResources._026_changing_subscriptions_sql),
        migration(27, "price_models", PackageResources._027_price_models_sql),
        migration(28, "quarantine", PackageResources._028_quarantine_sql),
        migration(
            29, "discounts_of_subscriptions", PackageResources._029_discounts_of_subscriptions_sql),
        migration(30, "coupons", PackageResources._030_coupons_sql),
        migration(31, "renewals", PackageResources._031_renewals_sql),
        migration(32, "prices_for_some", PackageResources._032_prices_for_some_sql),
        migration(33, "scheduled_price_changes", PackageResources._033_scheduled_price_changes_sql),
        migration(34, "billing_in_arrears", PackageResources._034_billing_in_arrears_sql),
        migration(
            35, "upgrade_paths_and_stock", PackageResources._035_upgrade_paths_and_stock_sql),
        migration(36, "credit_notes_by_hand", PackageResources._036_credit_notes_by_hand_sql),
        migration(37, "drafts_by_hand", PackageResources._037_drafts_by_hand_sql),
        migration(38, "reissued_invoices", PackageResources._038_reissued_invoices_sql),
        migration(39, "invoice_batches", PackageResources._039_invoice_batches_sql),
        migration(40, "tax_rules", PackageResources._040_tax_rules_sql),
    ]

    private static func migration(_ number: Int, _ name: String, _ sql: [UInt8]) -> Migration {
        Migration(number: number, name: name, sql: String(decoding: sql, as: UTF8.self))
    }
}
