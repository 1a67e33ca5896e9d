import BillingMath
import Foundation
import Kernel
import Tenancy

/// tenant.json: the settings of a provider that is taken in.
struct TenantFile: Decodable {
    private let name: Text<1, 120>
    private let country: CountryCode
    private let timeZone: ZoneName
    private let locale: LanguageTag
    private let defaultCurrency: Currency
    private let invoiceNumberFormat: NumberFormat
    // What is absent is as MPanel ships it.
    private let taxRounding: TaxRounding?
    private let invoiceDaysBeforeDue: Whole<0, 90>?
    private let paymentTermsDays: Whole<0, 365>?

    static func read(_ url: URL) throws -> TenantFile {
        guard let data = try? Data(contentsOf: url) else {
            throw ImportFault(
                "tenant.json is missing in \(url.deletingLastPathComponent().path()), or cannot be read.")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(TenantFile.self, from: data)
        } catch let error as DecodingError {
            throw ImportFault("tenant.json: \(error.sentence)")
        }
    }

    func founding(as slug: Slug, sandboxToday: Day?) -> Tenants.Founding {
        var policies = PolicySettings.none
        // What e-invoices of the EU need; the system's own level is older than they.
        policies[Policies.taxRounding] = taxRounding ?? .rate
        policies[Policies.invoiceDaysBeforeDue] = invoiceDaysBeforeDue
        policies[Policies.paymentTermsDays] = paymentTermsDays
        return Tenants.Founding(
            slug: slug, name: name,
            settings: TenantSettings(
                founding: name, country: country, timeZone: timeZone, locale: locale,
                currency: defaultCurrency,
                billing: BillingDefaults(invoiceNumberFormat: invoiceNumberFormat, policies: policies)),
            sandboxToday: sandboxToday)
    }
}

extension DecodingError {
    /// Where and why, without quoting the value.
    fileprivate var sentence: String {
        let (context, missing): (Context, String?) =
            switch self {
            case .keyNotFound(let key, let context): (context, key.stringValue)
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            @unknown default: (Context(codingPath: [], debugDescription: "cannot be read"), nil)
            }
        let path = (context.codingPath.map(\.stringValue) + (missing.map { [$0] } ?? [])).joined(
            separator: ".")
        let reason = missing == nil ? context.debugDescription : "is missing"
        return path.isEmpty ? "is not valid JSON." : "\(path) \(reason)."
    }
}
