import Calculations
import Foundation
import Kernel
import Seeds
import Testing
import Web

@Suite("The calculation of a change")
struct ChangeCalculationTests {
    private let calculations = Calculations()

    private func answer(_ fields: [String: JSONValue]) throws -> JSONValue {
        let line = JSONValue.object(fields.merging(["kind": "change"]) { $1 })
        let data = try Data(String(decoding: JSONBytes(of: line).bytes, as: UTF8.self).utf8)
        return try JSONDecoder().decode(
            JSONValue.self, from: JSONBytes(of: calculations.answer(line: data)).bytes)
    }

    private func change(_ more: [String: JSONValue], on day: String) throws -> JSONValue {
        let fields: [String: JSONValue] = [
            "currency": "EUR", "changed_on": .string(day),
            "service": [
                "price": ["amount": 3100, "currency": "EUR"], "anchor": "2027-01-01",
                "interval": ["unit": "month", "count": 1],
            ],
        ]
        return try answer(fields.merging(more) { $1 })["result"]
    }

    private static let pro: JSONValue = ["price": ["amount": 6200, "currency": "EUR"]]

    @Test("gives the rest of the old back and charges the rest of the new")
    func upgrade() throws {
        let result = try change(["to": Self.pro], on: "2027-01-20")
        // 31.00 × 12/31 = 12.00, 62.00 × 12/31 = 24.00
        #expect(result["credit"]["amount"]["amount"] == 1200)
        #expect(result["charge"]["amount"]["amount"] == 2400)
        #expect(result["charge"]["fraction"] == "12/31")
        #expect(result["balance"]["amount"] == 1200)
        #expect(result["next"]["start"] == "2027-02-01")
        #expect(result["next"]["amount"]["amount"] == 6200)
    }

    @Test("gives back of what was charged, and nothing follows a cancellation")
    func cancellation() throws {
        let charged: JSONValue = ["amount": 1550, "currency": "EUR"]
        let result = try change(["charged": charged], on: "2027-01-20")
        // 15.50 × 12/31 = 6.00
        #expect(result["credit"]["amount"]["amount"] == 600)
        #expect(result["charge"] == .null && result["next"] == .null)
        #expect(result["balance"]["amount"] == -600)
    }

    @Test("waits for the end of the term, begins another, or leaves the day to what was before")
    func times() throws {
        let later = try change(["to": Self.pro, "when": "term_end"], on: "2027-01-20")
        #expect(later["effective_on"] == "2027-02-01")
        #expect(later["credit"] == .null && later["charge"] == .null && later["balance"]["amount"] == 0)
        #expect(later["next"]["amount"]["amount"] == 6200)
        let yearly: JSONValue = [
            "price": ["amount": 31000, "currency": "EUR"], "interval": ["unit": "year", "count": 1],
        ]
        let begun = try change(["to": yearly], on: "2027-01-20")
        #expect(begun["charge"]["end"] == "2028-01-20")
        // 310.00 less 12.00
        #expect(begun["balance"]["amount"] == 29800)
        let preceding = try change(["to": Self.pro, "change_day": "preceding"], on: "2027-01-20")
        #expect(preceding["effective_on"] == "2027-01-21")
        // 31.00 × 11/31 = 11.00 now, and 62.00 × 11/31 = 22.00 on the next day
        #expect(preceding["balance"]["amount"] == -1100)
        #expect(preceding["next"]["amount"]["amount"] == 2200)
    }

    @Test(
        "names what it cannot take",
        arguments: [
            (["changed_on": "2026-12-31"], "/changed_on"), (["to": ["quantity": "0"]], "/to/quantity"),
            (["to": ["price": ["amount": 1, "currency": "USD"]]], "/to/price/currency"),
            (["charged": ["amount": -1, "currency": "EUR"]], "/charged/amount"),
        ] as [([String: JSONValue], String)])
    func refused(more: [String: JSONValue], field: String) throws {
        let fields: [String: JSONValue] = [
            "currency": "EUR", "changed_on": "2027-01-20",
            "service": [
                "price": ["amount": 3100, "currency": "EUR"], "anchor": "2027-01-01",
                "interval": ["unit": "month", "count": 1],
            ],
        ]
        let said = try answer(fields.merging(more) { $1 })
        #expect(said["error"]["errors"][0]["pointer"] == .string(field), "\(said)")
    }

    @Test("to and fro on one day comes to nothing, and nothing is given back of nothing", arguments: seeds)
    func undone(seed: UInt64) throws {
        var random = Seeded(seed)
        let start = try #require(Day("2024-01-01"))
        for _ in 0..<10_000 / seeds.count {
            let currency = ["JPY", "EUR", "KWD", "CLF"][Int.random(in: 0..<4, using: &random)]
            let anchor = start.adding(days: Int.random(in: 0...800, using: &random))
            let unit = ["day", "week", "month", "year"][Int.random(in: 0..<4, using: &random)]
            let common: [String: JSONValue] = [
                "currency": .string(currency),
                "changed_on": .string(
                    anchor.adding(days: Int.random(in: 0...1500, using: &random)).description),
                "unit": .string(["day", "second", "fixed_30"][Int.random(in: 0..<3, using: &random)]),
                "rounding": .string(["half_up", "half_even", "down"][Int.random(in: 0..<3, using: &random)]),
                "zone": .string(
                    ["Europe/Berlin", "Australia/Lord_Howe", "UTC"][Int.random(in: 0..<3, using: &random)]),
            ]
            func sold() -> [String: JSONValue] {
                [
                    "price": [
                        "amount": .integer(Int64.random(in: 0...5_000_000, using: &random)),
                        "currency": .string(currency),
                    ],
                    "quantity": .string(["1", "3", "0.333333"][Int.random(in: 0..<3, using: &random)]),
                ]
            }
            let terms: [String: JSONValue] = [
                "anchor": .string(anchor.description), "interval": ["unit": .string(unit), "count": 1],
            ]
            let (one, other) = (sold(), sold())
            func balance(_ from: [String: JSONValue], _ to: [String: JSONValue]) throws -> JSONValue {
                try answer(
                    common.merging(["service": .object(from.merging(terms) { $1 }), "to": .object(to)]) { $1 }
                )
            }
            let (there, back) = (try balance(one, other), try balance(other, one))
            let sum = [there, back].compactMap { $0["result"]["balance"]["amount"].integer }
            #expect(sum.count == 2 && sum.reduce(0, +) == 0, "seed \(seed): \(there) \(back)")
            let credit = there["result"]["credit"]["amount"]["amount"].integer ?? 0
            #expect(credit >= 0, "seed \(seed): \(there)")
        }
    }
}
