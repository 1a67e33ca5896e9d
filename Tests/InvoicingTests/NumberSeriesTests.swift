import BillingMath
import Kernel
import Testing

@testable import Invoicing

@Suite("Number series")
struct NumberSeriesTests {
    private let day = Day(year: 2026, month: 12, day: 31)!

    @Test("A format with the year has a series for each year of the issue date")
    func yearly() throws {
        let series = NumberSeries(.invoice, try NumberFormat(parsing: "NH-{year}-{number:6}/x"), on: day)
        #expect(series.year == 2026)
        #expect([series.prefix, series.suffix] == ["NH-2026-", "/x"])
        #expect(series.width == 6)
    }

    @Test("A format without the year has one series for ever")
    func endless() throws {
        let series = NumberSeries(.creditNote, try NumberFormat(parsing: "CN{number}"), on: day)
        #expect(series.year == 0)
        #expect(series.width == 1)
    }
}
