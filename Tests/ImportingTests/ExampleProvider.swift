import BillingMath
import Foundation
import Importing
import Kernel
import Testing

/// A folder of examples, read as the importer reads it but kept in memory.
struct ExampleProvider {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "examples")

    private static let columns: [String: String] = [
        "customers": "ref,company,contact_name,email,street,postal_code,city,country,currency,tax_exempt",
        "prices": "product_code,currency,interval_unit,interval_count,amount,setup_fee",
        "products": "code,type,family,name",
        "subscriptions": """
        ref,customer_ref,product_code,currency,interval_unit,interval_count,quantity,started_on,\
        trial_until,billed_until,state,cancel_on
        """,
        "tax_rates": "country,name,percent",
        "expected-2026-12-01": "customer_ref,currency,due_on,lines,net_minor,tax_minor,gross_minor",
    ]

    private let slug: String
    private let rounding: TaxRounding
    private let rates: [String: (rate: TaxRate, name: String)]
    private let prices: [String: UnitPrice]

    init(slug: String) throws {
        struct Settings: Decodable {
            let taxRounding: TaxRounding
        }
        let data = try Data(contentsOf: Self.folder.appending(path: "\(slug)/tenant.json"))
        self.slug = slug
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        rounding = try decoder.decode(Settings.self, from: data).taxRounding
        rates = try Dictionary(
            uniqueKeysWithValues: Self.rows("\(slug)/tax_rates.csv").map { row in
                (row["country"], (try TaxRate(percent: row["percent"]), row["name"]))
            })
        prices = try Dictionary(
            uniqueKeysWithValues: Self.rows("\(slug)/prices.csv").map { row in
                let currency = try #require(Currency(row["currency"]))
                let amount = try Money(decimal: row["amount"], currency)
                let setUp = try Money(decimal: row["setup_fee"], currency)
                let price = UnitPrice(
                    currency: currency, recurringMinor: amount.amountMinor, setUpMinor: setUp.amountMinor)
                return (Self.priceKey(row), price)
            })
    }

    /// The invoices of all customers, each with its customer's reference.
    func bill(through day: Day) throws -> [(customer: String, invoice: PlannedInvoice)] {
        let active = try Self.rows("\(slug)/subscriptions.csv").filter { $0["state"] == "active" }
        let byCustomer = Dictionary(grouping: active) { $0["customer_ref"] }
        return try Self.rows("\(slug)/customers.csv").flatMap { customer in
            let items = try (byCustomer[customer["ref"]] ?? []).map(item)
            let rules = BillingRules(
                throughDay: day, issuedOn: day, tax: try tax(of: customer), zone: .gmt, termLimit: 100)
            let plan = InvoicePlan(items: items, rules: rules)
            #expect(plan.failures.isEmpty)
            return plan.invoices.map { (customer["ref"], $0) }
        }
    }

    private func tax(of customer: CSVRecord) throws -> CustomerTax {
        let country = try #require(CountryCode(customer["country"]))
        if customer["tax_exempt"] == "true" {
            return CustomerTax(always: LineTax(rate: .zero, reason: .exempt), rounding: rounding)
        }
        guard let (rate, name) = rates[country.text] else {
            return CustomerTax(
                always: LineTax(rate: .zero, reason: .noRate(country)), rounding: rounding)
        }
        return CustomerTax(
            always: LineTax(rate: rate, reason: .countryRate(country, name: name)), rounding: rounding)
    }

    private func item(_ row: CSVRecord) throws -> DueItem {
        let unit = try #require(Interval.Unit(rawValue: row["interval_unit"]))
        let count = try #require(Int(row["interval_count"]))
        let interval = try #require(Interval(count, unit))
        let anchor = row["trial_until"].isEmpty ? row["started_on"] : row["trial_until"]
        let schedule = Schedule(anchor: try Self.day(anchor), interval: interval)
        var nextTerm = 0
        if !row["billed_until"].isEmpty {
            let billedUntil = try Self.day(row["billed_until"])
            nextTerm = try #require(schedule.number(startingOn: billedUntil))
        }
        return DueItem(
            span: ScheduleSpan(
                schedule, cancelOn: row["cancel_on"].isEmpty ? nil : try Self.day(row["cancel_on"])),
            nextTerm: nextTerm,
            quantity: try Quantity(decimal: row["quantity"]), price: try #require(prices[Self.priceKey(row)]))
    }

    private static func day(_ text: String) throws -> Day {
        try #require(Day(text))
    }

    private static func priceKey(_ row: CSVRecord) -> String {
        ["product_code", "currency", "interval_unit", "interval_count"].map { row[$0] }.joined(separator: " ")
    }

    static func rows(_ path: String) throws -> [CSVRecord] {
        try entries(path).compactMap { entry in
            if case .record(let record) = entry { record } else { nil }
        }
    }

    static func entries(_ path: String) throws -> [CSVEntry] {
        let url = folder.appending(path: path)
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        let name = url.deletingPathExtension().lastPathComponent
        let columns = try #require(columns[name]).split(separator: ",").map(String.init)
        var reader = try CSVReader(columns: columns, file: file)
        var entries: [CSVEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }
}
