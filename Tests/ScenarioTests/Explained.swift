import BillingMath
import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import TestKit
import Testing
import Web

/// Reads every invoice, or the newest `sample` of them, with its explanation, and expects each line to come
/// to its cent again: by the server's word, and by what the test computes itself from the data that it was
/// given. Then the same for the lines of credit notes that give back unused time.
func expectExplained(_ client: TestClient, sample: Int? = nil) async throws {
    let invoices = try await client.sampled("/v1/invoices", sample)
    for listed in invoices {
        let path = "/v1/invoices/\(try #require(listed["id"].text))"
        let invoice = try await client.send(.get, path).json
        let explanation = try await client.send(.get, "\(path)/explanation")
        try #require(explanation.status == 200, "\(explanation.text)")
        for field in ["id", "number", "state"] {
            #expect(explanation[field] == invoice[field], "\(path)")
        }
        #expect(explanation["currency"] == invoice["gross"]["currency"], "\(path)")
        try expect(explanation.json, toBeOf: invoice)
    }
    for listed in try await client.sampled("/v1/credit-notes", sample) {
        let note = try await client.send(.get, "/v1/credit-notes/\(try #require(listed["id"].text))")
        for line in note["lines"].items where line["explanation"] != .null {
            let credit = try ExplainedCredit(json: line["explanation"].written())
            #expect(try wire(credit.recomputed) == line["net"], "\(note.text)")
            #expect(wire(credit.amount) == line["net"], "\(note.text)")
            #expect(credit.sentences.count > 3, "\(note.text)")
        }
    }
}

private func expect(_ explanation: JSONValue, toBeOf invoice: JSONValue) throws {
    let (explained, lines) = (explanation["lines"].items, invoice["lines"].items)
    #expect(explained.count == lines.count)
    let read = try explained.map { try ExplainedLine(json: $0["data"].written()) }
    let amounts = try ExplainedLine.recomputed(read)
    for (place, line) in lines.enumerated() {
        let told = explained[place]
        for field in ["number", "description", "net", "tax"] {
            #expect(told[field] == line[field], "\(told)")
        }
        #expect(told["agrees"] == true, "\(told)")
        #expect(told["recomputed"] == ["net": line["net"], "tax": line["tax"]], "\(told)")
        #expect(told["data"] == line["explanation"], "\(told)")
        #expect(wire(amounts[place].net) == line["net"], "\(told)")
        #expect(wire(amounts[place].tax) == line["tax"], "\(told)")
        #expect(told["sentences"].items.compactMap(\.text) == read[place].sentences, "\(told)")
        let net = "\(read[place].amount.decimal) \(read[place].amount.currency)."
        #expect(read[place].sentences.contains { $0.hasSuffix(net) }, "\(told): the net is told")
    }
    let sums = explanation["sentences"].items.compactMap(\.text)
    let gross = try #require(invoice["gross"]["amount"].integer)
    let currency = try #require(Currency(invoice["gross"]["currency"].text ?? ""))
    #expect(sums.contains { $0.hasSuffix(" = \(Money(gross, currency).decimal) \(currency).") }, "\(sums)")
    for note in invoice["credit_notes"].items {
        let number = try #require(note["number"].text)
        #expect(sums.contains { $0.hasPrefix("Credit note \(number) of ") }, "\(sums)")
    }
}

private func wire(_ money: Money) -> JSONValue {
    ["amount": .integer(money.amountMinor), "currency": .string(money.currency.code)]
}

extension JSONValue {
    fileprivate func written() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }
}

extension TestClient {
    fileprivate func sampled(_ list: String, _ sample: Int?) async throws -> [JSONValue] {
        guard let sample else { return try await pages("\(list)?limit=200") }
        return try await send(.get, "\(list)?limit=\(sample)")["items"].items
    }
}

extension Company {
    /// Of all its invoices, in the eyes of its owner.
    func expectExplained() async throws {
        let user = try await user(.owner)
        try await server.api { anyone in
            try await ScenarioTests.expectExplained(try await anyone.signedIn(user))
        }
    }
}
