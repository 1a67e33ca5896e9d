import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// Values of the right type that no field may hold, in every field of every endpoint.
@Suite("Malformed values")
struct MalformedValueTests {
    @Test("text with control characters, or far too long, is named")
    func texts() async throws {
        let texts = [
            "\u{0}", "a\u{0}b", "a\u{7}b", "a\u{1B}[31m", "a\u{85}b", "", " ", " a",
            String(repeating: "a", count: 100_000),
            String(repeating: "e\u{301}", count: 10_000),
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places {
                guard case .string = place.schema.shape else { continue }
                for text in texts where !(text.isEmpty && place.schema.length?.lowerBound == 0) {
                    // A sign-in takes any text for a password: it is compared, and never kept.
                    if endpoint.about.name == "signIn" && place.pointer == "/password" { continue }
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .string(text)))
                    expectRefusal(answer, of: place.pointer, endpoint, text)
                }
            }
        }
    }

    @Test("labels with bad names or values are named")
    func labels() async throws {
        let labels: [JSONValue] = [
            ["a\u{0}": "b"], ["a": "b\u{0}"], ["": "b"], ["a": 1], ["a": .null], ["a": ["b"]],
            ["a": .string(String(repeating: "b", count: 501))], [String(repeating: "a", count: 65): "b"],
            ["=cmd": "b"],
            .object(Dictionary(uniqueKeysWithValues: (1...51).map { ("k\($0)", "v") })),
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places {
                guard case .dictionary = place.schema.shape else { continue }
                for value in labels {
                    let answer = try await target.send(target.sample.replacing(place.pointer[...], by: value))
                    expectRefusal(answer, of: place.pointer, endpoint, "\(value)")
                }
            }
        }
    }

    @Test("a day that is not in the calendar is named, and the first and the last that are do no harm")
    func days() async throws {
        let bad = [
            "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "0000-00-00",
            "1899-12-31", "10000-01-01", "2026-01-01T00:00:00Z", "2026-01-01 ", "٢٠٢٦-٠١-٠١", "20260101",
            "today",
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places where place.schema.format == "date" {
                for day in bad {
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .string(day)))
                    expectRefusal(answer, of: place.pointer, endpoint, day)
                }
                for day in ["1900-01-01", "9999-12-31"] {
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .string(day)))
                    #expect(answer.status < 500, "\(endpoint.route) \(place.pointer) \(day): \(answer.text)")
                    expectDocumented(answer, endpoint, day)
                }
            }
        }
    }

    @Test("a number beyond 64 bits is named, and the greatest and least that fit do no harm")
    func numbers() async throws {
        let bad = [
            "9223372036854775808", "-9223372036854775809", "1e30", "0.5", "1.0e-3",
            "123456789012345678901234567890",
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places {
                guard case .integer = place.schema.shape else { continue }
                for number in bad {
                    let answer = try await target.send(
                        target.sample.spelling(number, at: place.pointer))
                    expectRefusal(answer, of: place.pointer, endpoint, number)
                }
                for number in [Int64.min, -1, 0, Int64.max - 1, .max] {
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .integer(number)))
                    #expect(
                        answer.status < 500, "\(endpoint.route) \(place.pointer) \(number): \(answer.text)")
                    expectDocumented(answer, endpoint, "\(place.pointer) \(number)")
                }
            }
        }
    }

    @Test("a decimal that is none, or does not fit, is named")
    func decimals() async throws {
        let bad = [
            "1e3", "1,5", "0.0000001", "9223372036854775808", "NaN", "Infinity", "0x10", "1.", ".5", "--1",
            "+1", "١",
        ]
        try await eachEndpoint { endpoint, target in
            for place in endpoint.places {
                guard ["quantity", "percent"].contains(place.pointer.split(separator: "/").last) else {
                    continue
                }
                for text in bad {
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .string(text)))
                    expectRefusal(answer, of: place.pointer, endpoint, text)
                }
                for text in ["-1", "0", "9223372036854.775807", "-9223372036854.775808", "100.0001"] {
                    let answer = try await target.send(
                        target.sample.replacing(place.pointer[...], by: .string(text)))
                    #expect(answer.status < 500, "\(endpoint.route) \(place.pointer) \(text): \(answer.text)")
                    expectDocumented(answer, endpoint, "\(place.pointer) \(text)")
                }
            }
        }
    }

    @Test("amounts that a document cannot hold are refused in a sentence")
    func amounts() async throws {
        try await World.run { world in
            let maker = ObjectMaker(world.ours)
            let customer = try await maker.customer()["id"]
            func line(_ quantity: String, _ amount: Int64) -> JSONValue {
                [
                    "description": "Work", "quantity": .string(quantity),
                    "unit_price": ["amount": .integer(amount), "currency": "EUR"],
                ]
            }
            let cases: [(lines: [JSONValue], code: JSONValue)] = [
                ([line("2", .max)], "amount_too_large"),
                ([line("1", .max), line("1", .max)], "amount_too_large"),
                ([line("9223372036854.775807", .max)], "amount_too_large"),
                ([line("1", .min)], "amount_too_large"),
                ([line("1", -1)], "invoice_negative"),
                ([line("1", 1), line("1", -2)], "invoice_negative"),
                ([line("-1", 1)], "invalid"),
                ([line("0", 1)], "invalid"),
            ]
            for (lines, code) in cases {
                let answer = try await world.ours.owner.send(
                    .post, "/v1/invoices",
                    ["customer_id": customer, "currency": "EUR", "lines": .array(lines)])
                #expect(answer.status == 422 && answer["code"] == code, "\(lines): \(answer.text)")
            }
        }
    }

    @Test("a price cannot be negative, nor in two currencies")
    func prices() async throws {
        try await World.run { world in
            let product = try await ObjectMaker(world.ours).product()["id"].text ?? ""
            func money(_ amount: Int64, _ currency: String = "USD") -> JSONValue {
                ["amount": .integer(amount), "currency": .string(currency)]
            }
            let cases: [(body: JSONValue, pointer: String)] = [
                (["amount": money(-1)], "/amount"),
                (["amount": money(.min)], "/amount"),
                (["amount": money(1), "setup_fee": money(-1)], "/setup_fee"),
                (["amount": money(1), "setup_fee": money(1, "EUR")], "/setup_fee"),
                (["amount": money(1), "interval": ["unit": "month", "count": 0]], "/interval/count"),
                (["amount": money(1), "interval": ["unit": "year", "count": 5000]], "/interval/count"),
                (["amount": money(1, "eur")], "/amount/currency"),
                (["amount": money(1, "XXX")], "/amount/currency"),
            ]
            let endpoint = try #require(try Surface.endpoints().first { $0.about.name == "addPrice" })
            for (body, pointer) in cases {
                let answer = try await world.ours.owner.send(.post, "/v1/products/\(product)/prices", body)
                expectRefusal(answer, of: pointer, endpoint, "\(body)")
            }
        }
    }
}

extension JSONValue {
    /// The JSON in which this literal stands at the pointer, however impossible it is.
    func spelling(_ literal: String, at pointer: String) throws -> [UInt8] {
        let mark = "the-literal-stands-here"
        let text = String(
            decoding: try JSONEncoder().encode(replacing(pointer[...], by: .string(mark))), as: UTF8.self)
        return Array(text.replacing("\"\(mark)\"", with: literal).utf8)
    }
}
