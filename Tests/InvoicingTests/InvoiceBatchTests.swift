import BillingMath
import Foundation
import Kernel
import Ledger
import Platform
import Postgres
import Testing

@testable import Invoicing
@testable import Tenancy

@Suite("A batch of invoices")
struct InvoiceBatchTests {
    @Test("A batch has as many statements' worth of columns as it has invoices and lines, in their order")
    func columns() {
        var batch = InvoiceBatch(Issuance.example)
        let first = batch.add(netMinor: 100, taxMinor: 19, lines: 2)
        let second = batch.add(netMinor: 50, taxMinor: 0, lines: 1)
        #expect(batch.count == 2)
        #expect(batch.invoiceColumns.id == [first.uuid, second.uuid])
        #expect(batch.invoiceColumns.lineCount == [2, 1])
        #expect(batch.lineColumns.invoice == [first.uuid, first.uuid, second.uuid])
        #expect(batch.lineColumns.number == [1, 2, 1])
    }

    @Test("A total of zero is issued and paid at once, and posts nothing")
    func zero() {
        var batch = InvoiceBatch(Issuance.example)
        batch.add(netMinor: 0, taxMinor: 0, lines: 1)
        #expect(batch.invoiceColumns.state == ["paid"])
        #expect(batch.happened.map(\.type) == ["invoice.issued", "invoice.paid"])
        #expect(batch.postings == nil)
    }

    @Test("Net and tax are posted; without tax, net alone")
    func posted() {
        var batch = InvoiceBatch(Issuance.example)
        batch.add(netMinor: 100, taxMinor: 19, lines: 1)
        batch.add(netMinor: 50, taxMinor: 0, lines: 1)
        #expect(batch.posted.map(\.amountMinor) == [100, 19, 50])
        #expect(batch.invoiceColumns.state == ["open", "open"])
        #expect(batch.happened.map(\.type) == ["invoice.issued", "invoice.issued"])
    }

    @Test(
        "Payable after the terms, and never before the service",
        arguments: [
            (14, "2026-12-01", "2026-12-15"), (0, "2026-12-01", "2026-12-01"),
            (14, "2027-01-01", "2027-01-01"),
        ])
    func due(termsDays: Int, serviceOn: String, expected: String) {
        var batch = InvoiceBatch(Issuance.example)
        batch.add(netMinor: 1, taxMinor: 0, lines: 1, serviceOn: serviceOn, termsDays: termsDays)
        #expect(batch.invoiceColumns.dueOn == [Day(expected)!])
    }

    @Test("The same statement text serves batches of any size, so it is prepared once")
    func prepared() {
        var one = InvoiceBatch(Issuance.example)
        one.add(netMinor: 1, taxMinor: 1, lines: 1)
        var two = one
        two.add(netMinor: 1, taxMinor: 1, lines: 3)
        #expect(one.invoices.text == two.invoices.text)
        #expect(one.lines.text == two.lines.text)
        #expect(one.postings?.text == two.postings?.text)
        #expect(one.events.text == two.events.text)
    }
}

extension InvoiceBatch {
    @discardableResult
    fileprivate mutating func add(
        netMinor: Int64, taxMinor: Int64, lines: Int, serviceOn: String = "2026-12-01",
        termsDays: Int = 14
    ) -> InvoiceID {
        let id = InvoiceID.new()
        let line = LineToIssue(
            description: "x", quantityMicros: 1, unitPriceMinor: 1, netMinor: 1,
            tax: LineTax(rate: .zero, reason: .exempt), taxesMinor: [], periodStart: nil, periodEnd: nil,
            source: nil, explanation: JSONText("{}"))
        add(
            InvoiceToIssue(
                id: id, customer: .new(), buyer: JSONText("{}"), currency: Currency("EUR")!,
                serviceOn: Day(serviceOn)!, totals: totals(netMinor, taxMinor), taxRounding: .line,
                paymentTermsDays: termsDays,
                lines: Array(repeating: line, count: lines)))
        return id
    }
}

/// At the rate that makes the one of the other.
private func totals(_ netMinor: Int64, _ taxMinor: Int64) -> InvoiceTotals {
    let rate = TaxRate(ratePPM: netMinor == 0 ? 0 : Int(taxMinor * 1_000_000 / netMinor))!
    let tax = LineTax(rate: rate, reason: .countryRate(CountryCode("DE")!, name: "USt"))
    // The amounts of these tests fit.
    return try! InvoiceTotals.compute([netMinor], tax: tax, rounding: .line)
}

extension Issuance {
    static var example: Issuance {
        Issuance(
            tenant: .new(), calendar: TenantCalendar.example, seller: UUID(),
            recordedAt: Instant(microseconds: 0))
    }
}

extension TenantCalendar {
    /// Stands at 2026-12-01.
    fileprivate static var example: TenantCalendar {
        TenantCalendar(
            settings: TenantSettings(
                version: 1, seller: Seller(name: Text("Acme")!, country: CountryCode("DE")!),
                locale: LanguageTag("de-DE")!, timeZone: ZoneName("Europe/Berlin")!,
                defaultCurrency: Currency("EUR")!, brand: Brand(name: Text("Acme")!),
                invoiceNumberFormat: NumberFormat("A-{year}-{number:6}")!,
                creditNoteNumberFormat: NumberFormat("C-{number}")!, automationHour: 6),
            today: Day("2026-12-01")!)
    }
}
