import BillingMath
import Kernel
import Web

struct TenantBody: Versioned, Codable, Sendable {
    let id: TenantID
    let slug: Slug
    let name: Text<1, 120>
    let isSandbox: Bool
    let today: Day
    let settings: SettingsBody

    /// The rest never changes.
    var version: Int { settings.version }
}

struct SettingsBody: Codable, Sendable {
    let version: Int
    let seller: Seller
    let locale: LanguageTag
    let timeZone: ZoneName
    let defaultCurrency: Currency
    let brand: Brand
    let invoiceNumberFormat: NumberFormat
    let creditNoteNumberFormat: NumberFormat
    let allowedOrigins: AllowedOrigins
    /// The hour of your day at which the daily automation is due.
    let automationHour: Int
}

/// Absent fields stay as they are.
struct SettingsChange: Codable, Sendable {
    let seller: Seller?
    let locale: LanguageTag?
    let timeZone: ZoneName?
    let defaultCurrency: Currency?
    let brand: Brand?
    let invoiceNumberFormat: NumberFormat?
    let creditNoteNumberFormat: NumberFormat?
    let allowedOrigins: AllowedOrigins?
    let automationHour: Whole<0, 23>?

    func apply(to settings: inout TenantSettings) {
        settings.seller = seller ?? settings.seller
        settings.locale = locale ?? settings.locale
        settings.timeZone = timeZone ?? settings.timeZone
        settings.defaultCurrency = defaultCurrency ?? settings.defaultCurrency
        settings.brand = brand ?? settings.brand
        settings.invoiceNumberFormat = invoiceNumberFormat ?? settings.invoiceNumberFormat
        settings.creditNoteNumberFormat = creditNoteNumberFormat ?? settings.creditNoteNumberFormat
        settings.allowedOrigins = allowedOrigins ?? settings.allowedOrigins
        settings.automationHour = automationHour?.value ?? settings.automationHour
    }
}

extension TenantBody {
    init(_ tenant: Tenant, _ calendar: TenantCalendar) {
        let settings = calendar.settings
        self.init(
            id: tenant.id, slug: tenant.slug, name: tenant.name, isSandbox: tenant.isSandbox,
            today: calendar.today,
            settings: SettingsBody(
                version: settings.version, seller: settings.seller, locale: settings.locale,
                timeZone: settings.timeZone, defaultCurrency: settings.defaultCurrency, brand: settings.brand,
                invoiceNumberFormat: settings.invoiceNumberFormat,
                creditNoteNumberFormat: settings.creditNoteNumberFormat,
                allowedOrigins: settings.allowedOrigins, automationHour: settings.automationHour))
    }
}
