import Foundation
import Importing
import Kernel
import TestKit

/// A provider that one test makes up. It comes in as every provider does: by its files.
struct Provider {
    var today = "2026-12-01"
    /// product_code,currency,interval_unit,interval_count,amount,setup_fee; the products follow from them.
    var prices = ["web,EUR,month,1,10.00,0.00"]
    /// C1…CN, all in the provider's country and currency.
    var customers = 1
    /// The numbers of those who pay no tax.
    var exempt: Set<Int> = []
    var country = "DE"
    var currency = "EUR"
    var timeZone = "Europe/Berlin"
    /// What everybody else pays, in percent.
    var taxPercent = "19"
    /// `line` or `invoice`.
    var taxRounding = "line"
    /// ref,customer_ref,product_code,currency,interval_unit,interval_count,quantity,started_on,trial_until,
    /// billed_until,state,cancel_on
    var subscriptions: [String] = []

    /// Writes the files into a new directory, which is the caller's to remove.
    func write() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mpanel-provider-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try files.write(into: directory)
        return directory
    }

    private var files: [String: String] {
        let products = Set(prices.compactMap { $0.split(separator: ",").first }).sorted()
        let people = (1...max(1, customers)).map {
            "C\($0),,Person \($0),c\($0)@customer.example,Street \($0),10115,Berlin,\(country),\(currency),"
                + "\(exempt.contains($0))"
        }
        return [
            "tenant.json": settings,
            "products.csv": Provider.csv(
                "code,type,family,name", products.map { "\($0),hosting,,Product \($0)" }),
            "prices.csv": Provider.csv(
                "product_code,currency,interval_unit,interval_count,amount,setup_fee", prices),
            "tax_rates.csv": Provider.csv("country,name,percent", ["\(country),USt,\(taxPercent)"]),
            "customers.csv": Provider.csv(
                "ref,company,contact_name,email,street,postal_code,city,country,currency,tax_exempt", people),
            "subscriptions.csv": Provider.csv(
                "ref,customer_ref,product_code,currency,interval_unit,interval_count,quantity,started_on,"
                    + "trial_until,billed_until,state,cancel_on", subscriptions),
        ]
    }

    private var settings: String {
        """
        {"name": "Acme", "country": "\(country)", "time_zone": "\(timeZone)", "locale": "de-DE",
         "default_currency": "\(currency)", "tax_rounding": "\(taxRounding)",
         "invoice_number_format": "A-{year}-{number:6}", "invoice_days_before_due": 0,
         "payment_terms_days": 14}
        """
    }

    private static func csv(_ header: String, _ rows: [String]) -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }
}

extension [String: String] {
    fileprivate func write(into directory: URL) throws {
        for (name, content) in self {
            try Data(content.utf8).write(to: directory.appending(path: name))
        }
    }
}

extension Provider {
    /// Customers enough that a run over them takes several transactions. Their terms start in December 2023;
    /// some have two subscriptions, of which some start on one day.
    static func crowd(of customers: Int) -> Provider {
        var crowd = Provider()
        crowd.prices = [
            "web,EUR,month,1,4.99,9.00", "mail,EUR,month,1,1.37,0.00", "vps,EUR,month,3,33.35,0.00",
        ]
        crowd.customers = customers
        crowd.subscriptions = (1...customers).flatMap { number in
            let day = "2023-12-" + (1 + number % 28).padded(2)
            let first = "W\(number),C\(number),web,EUR,month,1,\(1 + number % 4),\(day),,,active,"
            let second = "X\(number),C\(number),mail,EUR,month,1,1.5,\(day),,,active,"
            let third = "Y\(number),C\(number),vps,EUR,month,3,0.1,2023-12-24,,,active,"
            return [first] + (number % 8 == 0 ? [second] : []) + (number % 16 == 0 ? [third] : [])
        }
        return crowd
    }
}
