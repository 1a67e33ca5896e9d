import HTTPTypes
import Kernel
import Seeds
import TestKit
import Testing
import Web

/// The calculator keeps nothing and knows no subscription; what it says of a change is what a change costs.
@Suite("The calculation of changes")
struct CalculatedChangeTests {
    private static let prices = [("web", 3100), ("pro", 3333), ("site", 101)]

    @Test("comes to the cent to what changes of subscriptions come to", arguments: seeds.prefix(3))
    func same(seed: UInt64) async throws {
        var provider = Provider()
        provider.today = "2027-01-31"
        provider.prices = Self.prices.map {
            "\($0.0),EUR,month,1,\($0.1 / 100).\($0.1 % 100 < 10 ? "0" : "")\($0.1 % 100),0.00"
        }
        provider.subscriptions = ["S1,C1,web,EUR,month,1,2,2027-01-31,,,active,"]
        let told = provider
        try await Story.tell(told) { story in
            var random = Seeded(seed)
            var today = try await story.company.today()
            var sold = (code: "web", quantity: "2")
            for step in 1...25 {
                today = today.adding(days: Int.random(in: 1...6, using: &random))
                try await story.on(today.description)
                let next = (
                    code: try #require(Self.prices.randomElement(using: &random)).0,
                    quantity: ["1", "2", "0.333333", "7"][Int.random(in: 0..<4, using: &random)]
                )
                if next == sold { continue }
                let calculated = try await calculation(of: sold, to: next, today, story)
                let part: JSONValue = [
                    "item_id": try await story.item(), "quantity": .string(next.quantity),
                    "price_id": try await story.staff.price(next.code),
                ]
                let preview = try await story.staff.send(
                    .post, "\(story.path)/changes/preview", ["items": [part]])
                let context = "seed \(seed), step \(step), \(today): \(sold) to \(next): \(calculated)"
                #expect(calculated["balance"]["amount"].integer == Self.net(preview["now"]), "\(context)")
                #expect(
                    calculated["next"]["amount"]["amount"] == preview["next"][0]["net"]["amount"],
                    "\(context)")
                try await story.change(["items": [part]])
                sold = next
            }
        }
    }

    private func calculation(
        of sold: (code: String, quantity: String), to next: (code: String, quantity: String), _ today: Day,
        _ story: Story
    ) async throws -> JSONValue {
        try await story.staff.send(
            .post, "/v1/calculations/change",
            [
                "currency": "EUR",
                "service": [
                    "price": Self.price(sold.code), "quantity": .string(sold.quantity),
                    "anchor": "2027-01-31", "interval": ["unit": "month", "count": 1],
                ],
                "changed_on": .string(today.description),
                "to": ["price": Self.price(next.code), "quantity": .string(next.quantity)],
                "zone": "Europe/Berlin",
            ]
        ).json
    }

    /// What is billed less what is given back, before tax.
    private static func net(_ settlement: JSONValue) -> Int64 {
        let billed = settlement["invoices"].items.compactMap { $0["net"]["amount"].integer }
        let credited = settlement["credit_notes"].items.compactMap { $0["net"]["amount"].integer }
        return billed.reduce(0, +) - credited.reduce(0, +)
    }

    private static func price(_ code: String) -> JSONValue {
        let minor = prices.first { $0.0 == code }?.1 ?? 0
        return ["amount": .integer(Int64(minor)), "currency": "EUR"]
    }
}
