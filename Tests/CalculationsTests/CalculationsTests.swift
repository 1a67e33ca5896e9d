import Calculations
import Foundation
import Kernel
import Testing
import Web

@Suite("Calculations, line by line")
struct CalculationsTests {
    private let calculations = Calculations()

    private func answer(_ line: String) throws -> JSONValue {
        try JSONDecoder().decode(
            JSONValue.self, from: JSONBytes(of: calculations.answer(line: Data(line.utf8))).bytes)
    }

    private func answer(_ kind: String, _ fields: [String: JSONValue]) throws -> JSONValue {
        let line = JSONValue.object(fields.merging(["kind": .string(kind), "id": "line"]) { $1 })
        return try answer(String(decoding: JSONBytes(of: line).bytes, as: UTF8.self))
    }

    @Test("keep the kind and whatever the caller calls a line")
    func identity() throws {
        for id in ["null", "7", "\"a\"", "[1,{\"b\":null}]", "2.5"] {
            let said = try answer("{\"kind\": \"nothing\", \"id\": \(id)}")
            let expected = try JSONDecoder().decode(JSONValue.self, from: Data(id.utf8))
            #expect(said["id"] == expected && said["kind"] == "nothing")
        }
    }

    @Test("can do the example of every kind, which its schema describes")
    func examples() throws {
        guard case .object(let kinds) = calculations.schemas else { throw Problem.invalid }
        #expect(Set(kinds.keys) == ["price", "terms", "proration", "change", "discount", "repair"])
        for (kind, told) in kinds {
            guard case .object(let example) = told["example"] else { throw Problem.invalid }
            let said = try answer(kind, example)
            #expect(said["error"] == .null && said["result"] != .null, "\(kind): \(said)")
            let reference = try #require(told["schema"]["$ref"].text)
            let schema = told["schema"]["$defs"][String(reference.dropFirst("#/$defs/".count))]
            #expect(schema["additionalProperties"] == false)
            for name in example.keys { #expect(schema["properties"][name] != .null, "\(kind) \(name)") }
        }
    }

    @Test(
        "refuse what is wrong with its place, and go on",
        arguments: [
            ("nonsense", "malformed_json", []), ("[]", "invalid", [""]), ("{}", "invalid", ["/kind"]),
            (#"{"kind": "price"}"#, "invalid", ["/currency", "/model"]),
            (
                #"""
                {"kind": "price", "currency": "EUR", "model": "flat", "quantity": "-1",
                "percentage": "3"}
                """#,
                "incalculable", ["/quantity", "/unit_price", "/percentage"]
            ),
            (
                #"""
                {"kind": "price", "currency": "EUR", "model": "graduated",
                "tiers": [{"unit_price": "1", "up_to": "2"}]}
                """#,
                "incalculable", ["/tiers/0/up_to"]
            ),
            (
                #"""
                {"kind": "price", "currency": "EUR", "model": "flat", "unit_price": "1", "quantity": "1",
                "billed_quantity": "2", "minimum_spend": {"amount": -1, "currency": "EUR"},
                "set_up_fee": {"amount": 1, "currency": "USD"}}
                """#, "incalculable", ["/billed_quantity", "/minimum_spend/amount", "/set_up_fee/currency"]
            ),
            (
                #"""
                {"kind": "price", "currency": "EUR", "model": "per_unit",
                "unit_price": "999999999999999999", "quantity": "9000000000000"}
                """#,
                "incalculable", [""]
            ),
            (
                #"""
                {"kind": "terms", "anchor": "2026-02-30", "interval": {"unit": "day",
                "count": 1}, "through": "2026-01-01"}
                """#,
                "invalid", ["/anchor"]
            ),
            (
                #"""
                {"kind": "terms", "anchor": "2026-01-01", "interval": {"unit": "day",
                "count": 1}, "through": "2028-09-28"}
                """#,
                "incalculable", ["/through"]
            ),
            (
                #"""
                {"kind": "terms", "anchor": "2026-01-01", "interval": {"unit": "day",
                "count": 1}, "from": "2026-02-01", "through": "2026-01-01"}
                """#,
                "incalculable", ["/through"]
            ),
            (
                #"""
                {"kind": "proration", "start": "2026-02-01", "end": "2026-01-01", "changed_on": "2026-01-01",
                "charged": {"amount": 1, "currency": "EUR"}, "new_price": {"amount": -1, "currency": "USD"},
                "credit_basis": "price"}
                """#, "incalculable", ["/end", "/new_price/currency", "/new_price/amount", "/price"]
            ),
        ] as [(String, String, [String])])
    func refused(line: String, code: String, pointers: [String]) throws {
        let said = try answer(line)
        #expect(said["error"]["code"].text == code)
        #expect(said["error"]["errors"].items.compactMap { $0["pointer"].text } == pointers)
        #expect(said["result"] == .null)
    }

    @Test("of discounts: each line tells what was taken off, in which order")
    func discounts() throws {
        let said = try answer(
            "discount",
            [
                "currency": "EUR",
                "lines": [
                    ["id": "web", "amount": 10_000, "product": "web-m", "family": "hosting"],
                    ["id": "setup", "kind": "set_up", "amount": 1500, "product": "web-m"],
                    ["id": "refund", "amount": -700],
                ],
                "discounts": [
                    ["id": "five", "amount": 500],
                    ["id": "ten", "percentage": "10", "families": ["hosting"]],
                    ["id": "later", "amount": 1, "first_term": 1], ["id": "no", "percentage": "0"],
                ],
            ])["result"]
        // 100.00 × 10 % = 10.00; then 5.00 over 90.00 and 15.00: 4.29 and 0.71.
        #expect(
            said["lines"].items.map { $0["discounts"].items.map { $0["amount"]["amount"].integer } } == [
                [1000, 429], [71], [],
            ])
        #expect(said["lines"].items.map { $0["net"]["amount"].integer } == [8571, 1429, -700])
        #expect(said["amount"]["amount"] == 10_800 && said["discount"]["amount"] == 1500)
        #expect(said["net"]["amount"] == 9300)
    }

    @Test(
        "of discounts: refuse one that is nothing or two things at once",
        arguments: [
            (#"{"id": "a"}"#, ""), (#"{"id": "a", "amount": 1, "percentage": "1"}"#, ""),
            (#"{"id": "a", "amount": -1}"#, "/amount"),
            (#"{"id": "a", "percentage": "100.01"}"#, "/percentage"),
            (#"{"id": "a", "percentage": "-1"}"#, "/percentage"),
        ])
    func wrongDiscounts(discount: String, pointer: String) throws {
        let said = try answer(
            "{\"kind\": \"discount\", \"currency\": \"EUR\", \"lines\": [], \"discounts\": [\(discount)]}")
        #expect(said["error"]["code"] == "incalculable")
        #expect(said["error"]["errors"].items.map { $0["pointer"].text } == ["/discounts/0" + pointer])
    }

    @Test(
        "of repairs: refuse days that are none, twice billed, or outside of their term or line",
        arguments: [
            (#""start": "2026-03-01", "end": "2026-03-01""#, "/billed/0/end"),
            (
                #""start": "2026-03-01", "end": "2026-03-09", "whole_end": "2026-03-08""#,
                "/billed/0/whole_end"
            ),
            (
                #""start": "2026-03-01", "end": "2026-03-09", "whole_start": "2026-03-02""#,
                "/billed/0/whole_start"
            ),
            (
                #"""
                "start": "2026-03-01", "end": "2026-03-09",
                "credits": [{"start": "2026-03-08", "end": "2026-03-10", "amount": 1}]
                """#, "/billed/0/credits/0"
            ),
            (
                #"""
                "start": "2026-03-01", "end": "2026-03-09",
                "credits": [{"start": "2026-03-08", "end": "2026-03-09", "amount": -1}]
                """#, "/billed/0/credits/0/amount"
            ),
            (#""start": "2026-03-01", "end": "2026-04-01""#, "/billed/1"),
        ])
    func wrongRepairs(days: String, pointer: String) throws {
        let second = #"""
            {"id": "b", "name": "n", "start": "2026-03-20", "end": "2026-03-21", "price": 1, "amount": 1}
            """#
        let first = "{\"id\": \"a\", \"name\": \"n\", \"price\": 1, \"amount\": 1, \(days)}"
        let said = try answer(
            """
            {"kind": "repair", "currency": "EUR", "wanted": [], "billed": [\(first), \(second)]}
            """)
        #expect(said["error"]["code"] == "incalculable", "\(said)")
        #expect(said["error"]["errors"].items.compactMap { $0["pointer"].text } == [pointer])
    }

    @Test("of many things: refuse more than the limit, and calculate as many as that")
    func limits() throws {
        let day: JSONValue = ["start": "2026-03-01", "end": "2026-03-02", "amount": 0]
        func repair(lines: Int, credits: Int) throws -> JSONValue {
            let line: JSONValue = [
                "id": "a", "name": "n", "start": "2026-03-01", "end": "2026-04-01", "price": 1, "amount": 1,
                "credits": .array(Array(repeating: day, count: credits)),
            ]
            let billed = JSONValue.array(Array(repeating: line, count: lines))
            return try answer("repair", ["currency": "EUR", "wanted": [], "billed": billed])["error"]
        }
        #expect(try repair(lines: 1, credits: 100) == .null)
        #expect(try repair(lines: 1, credits: 101)["errors"][0]["pointer"] == "/billed/0/credits")
        #expect(try repair(lines: 501, credits: 0)["errors"][0]["pointer"] == "/billed")
        #expect(try repair(lines: 500, credits: 0)["errors"][0]["pointer"] == "/billed/1", "billed twice")
    }

    @Test("of terms: they tile the time line in every zone, over clock changes and 29 February")
    func terms() throws {
        for zone in TimeZone.knownTimeZoneIdentifiers where ZoneName(zone) != nil {
            let said = try answer(
                "terms",
                [
                    "anchor": "2027-08-31", "interval": ["unit": "month", "count": 1],
                    "through": "2029-03-01", "zone": .string(zone),
                ])
            let terms = said["result"]["terms"].items
            #expect(terms.count == 19, "\(zone)")
            for (term, next) in zip(terms, terms.dropFirst()) {
                #expect(term["end"] == next["start"] && term["ends_at"] == next["starts_at"], "\(zone)")
            }
            for term in terms {
                let seconds = try #require(term["seconds"].integer)
                let days = try #require(term["days"].integer)
                // The clocks change by two hours at most, but where a zone leaps over the date line.
                #expect(abs(seconds - days * 86_400) <= 7200, "\(zone) \(term)")
            }
        }
    }

    @Test("of terms: a short one tells of what it is a part, and each when it is invoiced")
    func alignedTerms() throws {
        let fields: [String: JSONValue] = [
            "anchor": "2026-01-10", "interval": ["unit": "month", "count": 1], "through": "2026-02-27",
            "alignment": "day_of_month", "day_of_month": 31, "billed": "in_arrears",
            "invoice_days_before_due": 3, "end": "2026-02-07",
        ]
        let terms = try answer("terms", fields)["result"]["terms"]
        #expect(terms.items.count == 2)
        // 10 to 30 January are 21 of the 31 days from 31 December on.
        #expect(terms[0]["fraction"] == ["numerator": 21, "denominator": 31])
        #expect(terms[0]["whole_start"] == "2025-12-31" && terms[0]["end"] == "2026-01-31")
        #expect(terms[0]["invoice_on"] == "2026-01-28" && terms[0]["is_short"] == true)
        // 7 of 28.
        #expect(terms[1]["fraction"] == ["numerator": 1, "denominator": 4])
        #expect(terms[1]["end"] == "2026-02-07" && terms[1]["invoice_on"] == "2026-02-04")
    }

    @Test("of terms: a suspension leaves out what starts meanwhile, and bills the rest of the running one")
    func suspendedTerms() throws {
        let fields: [String: JSONValue] = [
            "anchor": "2026-01-01", "interval": ["unit": "month", "count": 1], "through": "2026-04-30",
            "suspension": ["from": "2026-02-10", "resumed_on": "2026-04-20"],
        ]
        let terms = try answer("terms", fields)["result"]["terms"].items
        #expect(terms.map { $0["start"] } == ["2026-01-01", "2026-02-01", "2026-04-20"])
        // 20 to 30 April are 11 of 30 days.
        #expect(terms.last?["fraction"] == ["numerator": 11, "denominator": 30])
        let early: JSONValue = ["from": "2026-02-10", "resumed_on": "2026-02-09"]
        let reversed = fields.merging(["suspension": early]) { $1 }
        #expect(
            try answer("terms", reversed)["error"]["errors"][0]["pointer"] == "/suspension/resumed_on")
    }

    @Test(
        "of terms: refuse an alignment that lacks a field, has another's or cannot be kept",
        arguments: [
            (["alignment": "day_of_month"], ["/day_of_month"]), (["day_of_month": 3], ["/day_of_month"]),
            (["alignment": "day", "day_of_month": 3], ["/day_of_month", "/aligned_with"]),
            (["alignment": "calendar"], ["/alignment"]),
            (["alignment": "day_of_month", "day_of_month": 3], ["/alignment"]),
        ] as [([String: JSONValue], [String])])
    func wrongAlignments(alignment: [String: JSONValue], pointers: [String]) throws {
        let fields: [String: JSONValue] = [
            "anchor": "2026-01-10", "interval": ["unit": "day", "count": 30], "through": "2026-02-27",
        ]
        let said = try answer("terms", fields.merging(alignment) { $1 })
        #expect(said["error"]["code"] == "incalculable")
        #expect(said["error"]["errors"].items.compactMap { $0["pointer"].text } == pointers)
    }

    @Test("take a moment for the day on which it falls in the zone")
    func moments() throws {
        let fields: [String: JSONValue] = [
            "anchor": "2026-01-30T23:30:00Z", "interval": ["unit": "month", "count": 1],
            "from": "2026-02-27T23:00:00Z", "through": "2026-02-28", "zone": "Europe/Berlin",
        ]
        let said = try answer("terms", fields)["result"]["terms"]
        #expect(said.items.count == 1)
        #expect(said[0]["start"] == "2026-02-28" && said[0]["number"] == 1)
        #expect(said[0]["starts_at"] == "2026-02-27T23:00:00Z")
    }
}
