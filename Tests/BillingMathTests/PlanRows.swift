import BillingMath
import Foundation
import Kernel
import Testing

extension DueItem {
    /// `anchor interval nextTerm cancelOn quantity unitPrice setUp currency`, with `-` for no cancellation,
    /// and `arrears` behind it.
    init(row: String) throws {
        let cells = row.split(separator: " ").map(String.init)
        let digits = cells[1].prefix { $0.isNumber }
        let unit = try #require(Interval.Unit(rawValue: String(cells[1].dropFirst(digits.count))))
        let count = try #require(Int(digits))
        let interval = try #require(Interval(count, unit))
        self.init(
            span: ScheduleSpan(
                Schedule(anchor: try Day(row: cells[0]), interval: interval),
                cancelOn: cells[3] == "-" ? nil : try Day(row: cells[3]),
                inArrears: cells.last == "arrears"),
            nextTerm: try #require(Int(cells[2])),
            quantity: try Quantity(decimal: cells[4]),
            price: UnitPrice(
                currency: try #require(Currency(cells[7])), recurringMinor: try #require(Int64(cells[5])),
                setUpMinor: try #require(Int64(cells[6]))))
    }
}

extension Day {
    /// Fails the test when there is no such day.
    init(row text: String) throws {
        self = try #require(Day(text))
    }
}

extension BillingRules {
    static func german(
        throughDay: String, termLimit: Int = 15, percent: String = "19", rounding: TaxRounding = .line
    ) throws -> BillingRules {
        BillingRules(
            throughDay: try #require(Day(throughDay)), issuedOn: try #require(Day(throughDay)),
            tax: CustomerTax(
                rate: try TaxRate(percent: percent), rounding: rounding,
                reason: .countryRate(try #require(CountryCode("DE")), name: "USt")),
            zone: .gmt, termLimit: termLimit)
    }
}

extension CustomerTax {
    /// One rate, or one reason not to pay any, for whatever is sold on whatever day.
    init(rate: TaxRate, rounding: TaxRounding, reason: LineTax.Reason) {
        self.init(always: LineTax(rate: rate, reason: reason), rounding: rounding)
    }

    /// What all lines of the test bear.
    var everyLine: (line: LineTax, rounding: TaxRounding) { (tax(on: .standard, on: .last), rounding) }
}

extension InvoiceTotals {
    static func compute(
        _ netsMinor: [Int64], rate: TaxRate, rounding: TaxRounding
    ) throws(MoneyError) -> InvoiceTotals {
        // The code is one of ISO 3166.
        let reason = LineTax.Reason.countryRate(CountryCode("DE")!, name: "USt")
        return try compute(netsMinor, tax: LineTax(rate: rate, reason: reason), rounding: rounding)
    }
}

extension PlannedInvoice {
    /// `day currency net+tax=gross item.kind.term=net+tax …`
    var summary: String {
        let head = "\(serviceDay) \(currency) \(netMinor)+\(taxMinor)=\(grossMinor)"
        let lines = lines.map { line in
            "\(line.item).\(line.charge.kind.rawValue).\(line.term.number)=\(line.netMinor)+\(line.taxMinor)"
        }
        return ([head] + lines).joined(separator: " ")
    }
}
