import BillingMath
import Foundation
import Importing
import Kernel
import Testing

/// The examples are billed by the reader and the billing mathematics alone, without a database, and compared
/// with what an independent calculator found.
@Suite("The example providers")
struct ProviderDataTests {
    @Test(
        "As of 2026-12-01 each invoice is the expected one, to the cent", arguments: ["nordhost", "sakura"])
    func invoices(slug: String) throws {
        let provider = try ExampleProvider(slug: slug)
        let invoices = try provider.bill(through: try #require(Day("2026-12-01")))
        let expected = try ExampleProvider.rows("\(slug)/expected-2026-12-01.csv").map { row in
            "\(row["customer_ref"]) \(row["due_on"]) \(row["currency"]) \(row["lines"]) "
                + "\(row["net_minor"])+\(row["tax_minor"])=\(row["gross_minor"])"
        }
        let actual = invoices.map { customer, invoice in
            "\(customer) \(invoice.serviceDay) \(invoice.currency) \(invoice.lines.count) "
                + "\(invoice.netMinor)+\(invoice.taxMinor)=\(invoice.grossMinor)"
        }
        #expect(!expected.isEmpty)
        #expect(actual.sorted() == expected.sorted())
    }

    struct Totals: Codable, Equatable {
        var invoices = 0
        var lines = 0
        var net: Int64 = 0
        var tax: Int64 = 0
        var gross: Int64 = 0
    }

    @Test("The totals per currency are as expected", arguments: ["nordhost", "sakura"])
    func totals(slug: String) throws {
        let data = try Data(contentsOf: ExampleProvider.folder.appending(path: "expected-totals.json"))
        let expected = try JSONDecoder().decode([String: [String: [String: Totals]]].self, from: data)
        var totals: [String: Totals] = [:]
        for (_, invoice) in try ExampleProvider(slug: slug).bill(through: try #require(Day("2026-12-01"))) {
            var sum = totals[invoice.currency.code] ?? Totals()
            sum.invoices += 1
            sum.lines += invoice.lines.count
            sum.net += invoice.netMinor
            sum.tax += invoice.taxMinor
            sum.gross += invoice.grossMinor
            totals[invoice.currency.code] = sum
        }
        #expect(totals == expected[slug]?["2026-12-01"])
    }

    @Test("The reader refuses what is broken in the dirty files, by line and column")
    func dirty() throws {
        let refusals = try ["customers", "prices", "products", "subscriptions", "tax_rates"].flatMap { name in
            try ExampleProvider.entries("dirty/\(name).csv").compactMap { entry in
                guard case .refused(let refusal) = entry else { return nil as String? }
                return "\(name) \(refusal.line) \(refusal.column ?? "")"
            }
        }
        #expect(refusals == ["customers 11 postal_code", "customers 14 contact_name"])
        let lines = try ExampleProvider.rows("dirty/customers.csv").prefix(3).map(\.line)
        #expect(lines == [2, 3, 5], "a line break in quotes counts as a line")
        #expect(try ExampleProvider.rows("dirty/customers.csv")[1]["company"] == #"Quote "and", comma GmbH"#)
        #expect(try ExampleProvider.rows("dirty/customers.csv")[1]["street"] == "Line\nbreak 2")
    }
}
