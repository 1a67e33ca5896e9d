package import BillingMath
package import Kernel

/// A provider on this installation.
package struct Tenant: Sendable, Hashable {
    package let id: TenantID
    package let slug: Slug
    package let name: Text<1, 120>
    /// A sandbox has its own clock and never reaches the outside.
    package let isSandbox: Bool
}

/// How a tenant works: its legal seller, language, brand and billing defaults.
package struct TenantSettings: Versioned, Sendable, Hashable {
    package var version: Int
    package var seller: Seller
    package var locale: LanguageTag
    package var timeZone: ZoneName
    package var defaultCurrency: Currency
    package var brand: Brand
    package var invoiceNumberFormat: NumberFormat
    package var creditNoteNumberFormat: NumberFormat
    /// What the company itself decides of `Policies`; groups, customers and subscriptions may differ.
    package var policies = PolicySettings.none
    package var allowedOrigins = AllowedOrigins.none
    /// The hour of the tenant's day at which its daily automation is due, 0…23.
    package var automationHour: Int
}

/// Who sells, as the law wants it on a document.
package struct Seller: Sendable, Hashable, Codable {
    package var name: Text<1, 120>
    package var street: Text<1, 200>?
    package var postalCode: Text<1, 20>?
    package var city: Text<1, 100>?
    package var country: CountryCode
    package var taxNumber: Text<1, 40>?
    package var vatID: Text<1, 40>?
    package var bankAccount: Text<1, 200>?
}

/// How a tenant looks to its customers.
package struct Brand: Sendable, Hashable, Codable {
    package var name: Text<1, 120>
    /// `#rrggbb`, or nil for the default.
    package var color: BrandColor?
}

/// A colour as the web writes it: `#1a2b3c`.
package struct BrandColor: FieldText {
    package static let rule = "must be a colour such as #1a2b3c"
    package static let length = 7...7
    package static let pattern: String? = "^#[0-9a-f]{6}$"

    package let text: String

    package init?(_ text: String) {
        guard text.wholeMatch(of: /#[0-9a-f]{6}/) != nil else { return nil }
        self.text = text
    }
}

/// A tenant's settings and its today, read together: what every billing verb starts from.
package struct TenantCalendar: Sendable, Hashable {
    package let settings: TenantSettings
    /// The civil date in the tenant's time zone, or where its sandbox's clock stands.
    package let today: Day
}
