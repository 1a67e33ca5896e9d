import HTTPTypes
import Kernel
import Subscriptions
import TestKit
import Testing
import Web

/// Months in the life of a subscription, told through HTTP under a clock that is moved: what is done on which
/// day, and every line that comes of it.
struct Story {
    let company: Company
    let staff: TestClient
    let subscription: String

    var path: String { "/v1/subscriptions/\(subscription)" }

    /// The provider has one subscription. Its books are looked at when the story ends.
    static func tell(_ provider: Provider, _ body: @escaping @Sendable (Story) async throws -> Void)
        async throws
    {
        try await TestServer.run { server in
            let company = try await Company(provider, on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.owner))
                let story = Story(
                    company: company, staff: staff, subscription: try await staff.onlySubscription())
                try await body(story)
                let findings = try await company.audit()
                #expect(findings == [])
                try await expectExplained(staff)
                let lines = try await story.lines()
                #expect(try await company.bill().totals.isEmpty, "a further run bills nothing")
                #expect(try await story.lines() == lines)
            }
        }
    }

    /// The same for a provider without subscriptions: the story orders them.
    static func begin(
        _ provider: Provider, _ body: @escaping @Sendable (Company, TestClient) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let company = try await Company(provider, on: server)
            try await server.api { anyone in
                let staff = try await anyone.signedIn(company.user(.owner))
                try await body(company, staff)
                #expect(try await company.audit() == [])
                try await expectExplained(staff)
                #expect(try await company.bill().totals.isEmpty, "a further run bills nothing")
            }
        }
    }

    /// One of the subscriptions that the provider has, by its reference.
    static func of(_ reference: String, _ company: Company, _ staff: TestClient) async throws -> Story {
        Story(
            company: company, staff: staff,
            subscription: try await staff.id(of: "/v1/subscriptions?reference=\(reference)"))
    }

    /// Orders one of each product, and bills the day.
    static func order(
        _ codes: String..., of customer: String, aligned alignment: String? = nil, _ company: Company,
        _ staff: TestClient
    ) async throws -> Story {
        var items: [JSONValue] = []
        for code in codes { items.append(["price_id": try await staff.price(code)]) }
        var order: JSONValue = ["customer_id": .string(customer), "items": .array(items)]
        if let alignment { order = order.adding("alignment", .string(alignment)) }
        let story = Story(
            company: company, staff: staff, subscription: try await staff.made("/v1/subscriptions", order))
        try await company.bill()
        return story
    }

    /// Lives through the days from today to another, and bills each of them. It asks nobody what is due when:
    /// a term that is billed a day late is a line of another day.
    func on(_ day: String) async throws {
        let last = try #require(Day(day))
        var today = try await company.today()
        try #require(today <= last, "time does not go back")
        try await company.bill()
        while today < last {
            today = today.adding(days: 1)
            try await company.setToday(today.description)
            try await company.bill()
        }
    }

    /// The days go by, and nobody bills them.
    func pass(to day: String) async throws {
        try #require(try await company.today().description <= day, "time does not go back")
        try await company.setToday(day)
    }

    func read() async throws -> JSONValue {
        try await staff.send(.get, path).json
    }

    /// Returns what is left to pay, in minor units.
    @discardableResult
    func change(_ body: JSONValue) async throws -> Int64 {
        try await make("changes", body)
    }

    /// Returns what is to be paid.
    @discardableResult
    func renew(_ terms: JSONValue = [:]) async throws -> Int64 {
        try await make("renewals", terms)
    }

    /// Previews something, makes it as it was shown, and expects both to come to the same.
    private func make(_ what: String, _ body: JSONValue) async throws -> Int64 {
        let preview = try await staff.send(.post, "\(path)/\(what)/preview", body)
        #expect(preview.status == 200, "\(preview.text)")
        let made = try await staff.send(
            .post, "\(path)/\(what)", body.adding("commitment", preview["commitment"]))
        #expect(made.status == 201, "\(made.text)")
        #expect(made["settlement"]["balance"] == preview["now"]["balance"])
        return try #require(made["settlement"]["balance"]["amount"].integer, "\(made.text)")
    }

    /// Sells another product in the place of one of its items. Returns what is left to pay.
    @discardableResult
    func exchange(_ place: Int = 0, for code: String, when: String = "now") async throws -> Int64 {
        try await change(
            [["item_id": item(place), "price_id": staff.price(code)]], when: when)
    }

    /// Sells more or less of one of its items. Returns what is left to pay.
    @discardableResult
    func setQuantity(
        _ quantity: String, of place: Int = 0, when: String = "now"
    ) async throws -> Int64 {
        try await change([["item_id": item(place), "quantity": .string(quantity)]], when: when)
    }

    /// Sells one of a product more. Returns what is left to pay.
    @discardableResult
    func add(_ code: String, when: String = "now") async throws -> Int64 {
        try await change([["price_id": staff.price(code)]], when: when)
    }

    /// Takes one of its items out. Returns what is left to pay.
    @discardableResult
    func remove(_ place: Int, when: String = "now") async throws -> Int64 {
        try await change([["item_id": item(place), "remove": true]], when: when)
    }

    private func change(_ items: JSONValue, when: String) async throws -> Int64 {
        try await change(["items": items, "when": .string(when)])
    }

    /// The id of one of its items, in the order in which they were added.
    func item(_ place: Int = 0) async throws -> JSONValue {
        try await read()["items"][place]["id"]
    }

    func cancel(_ body: JSONValue) async throws {
        let cancelled = try await staff.send(.post, "\(path)/cancellation", body)
        #expect(cancelled.status == 200, "\(cancelled.text)")
    }

    func suspend(_ reason: String) async throws {
        let suspended = try await staff.send(.put, "\(path)/suspension", ["reason": .string(reason)])
        #expect(suspended.status == 200, "\(suspended.text)")
    }

    func resume() async throws {
        let resumed = try await staff.send(.delete, "\(path)/suspension")
        #expect(resumed.status == 200, "\(resumed.text)")
    }

    /// Sets policies of the subscription.
    func decide(_ policies: JSONValue) async throws {
        let set = try await staff.send(.patch, "\(path)/policies", policies)
        #expect(set.status == 200, "\(set.text)")
    }

    /// Expects these to be all lines of the company, as `lines` has them.
    func tells(_ expected: [String], at place: SourceLocation = #_sourceLocation) async throws {
        let lines = try await lines()
        #expect(lines == expected, "\n\(lines.joined(separator: "\n"))", sourceLocation: place)
    }

    /// Every line of every document, in the order of issue:
    /// `issued on: what, from–to, net + tax`; what is given back begins with a minus.
    func lines() async throws -> [String] {
        var lines: [(id: String, text: String)] = []
        for (list, sign) in [("invoices", ""), ("credit-notes", "-")] {
            for listed in try await staff.pages("/v1/\(list)?limit=100") {
                let id = try #require(listed["id"].text)
                let document = try await staff.send(.get, "/v1/\(list)/\(id)")
                for line in document["lines"].items {
                    lines.append((String(id.dropFirst(4)), Story.text(line, of: document.json, sign)))
                }
            }
        }
        return lines.enumerated().sorted { ($0.element.id, $0.offset) < ($1.element.id, $1.offset) }
            .map(\.element.text)
    }

    private static func text(_ line: JSONValue, of document: JSONValue, _ sign: String) -> String {
        let days = [line["period_start"], line["period_end"]].map { $0.text ?? "" }.joined(separator: "–")
        let amounts = [line["net"], line["tax"]].map { $0["amount"].integer.map(String.init) ?? "?" }
        let what = line["description"].text ?? ""
        return "\(document["issued_on"].text ?? ""): \(what), \(days), \(sign)\(amounts[0]) + \(amounts[1])"
    }
}

extension TestClient {
    /// The id of the price of a product, by the product's code.
    func price(_ code: String) async throws -> JSONValue {
        let products = try await send(.get, "/v1/products?limit=200")["items"].items
        let product = try #require(products.first { $0["code"] == .string(code) }, "\(code)")
        return product["prices"][0]["id"]
    }
}

extension JSONValue {
    /// The object with one field more.
    func adding(_ field: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var fields) = self else { return self }
        fields[field] = value
        return .object(fields)
    }
}
