import HTTPTypes
import Kernel
import Seeds
import Subscriptions
import TestKit
import Testing
import Web

/// Whatever happens to subscriptions, on whatever days and under whatever policies: each day of their life is
/// billed once and given back at most once, and no change costs a cent on its way back.
@Suite("Random lives of subscriptions")
struct RandomLivesTests {
    @Test("keep the books, whatever happens", arguments: seeds.prefix(8))
    func books(seed: UInt64) async throws {
        try await Self.live(seed) { life, company in
            var today = try await company.today()
            for step in 1...30 {
                today = today.adding(days: Int.random(in: 0...17, using: &life.random))
                try await company.setToday(today.description)
                for _ in 0..<Int.random(in: 0...4, using: &life.random) {
                    let done = try await life.doSomething(today: today)
                    #expect(try await company.audit() == [], "seed \(seed), step \(step): \(done)")
                }
                if Bool.random(using: &life.random) {
                    let rehearsed = try await company.bill(isDryRun: true)
                    let billed = try await company.bill()
                    #expect(billed == rehearsed, "seed \(seed), step \(step)")
                    #expect(try await company.bill().totals.isEmpty, "seed \(seed), step \(step)")
                }
                #expect(try await company.audit() == [], "seed \(seed), step \(step)")
            }
            #expect(life.made > 15, "seed \(seed): hardly anything happened")
        }
    }

    @Test("a change that is undone on its day costs nothing", arguments: seeds.prefix(8))
    func undone(seed: UInt64) async throws {
        try await Self.live(seed) { life, company in
            var today = try await company.today()
            for step in 1...20 {
                today = today.adding(days: Int.random(in: 0...40, using: &life.random))
                try await company.setToday(today.description)
                try await company.bill()
                try await life.discountSomething()
                let costs = try await life.changeAndUndo()
                #expect(costs.reduce(0, +) == 0, "seed \(seed), step \(step): \(costs)")
                let findings = try await company.audit()
                #expect(findings == [], "seed \(seed), step \(step)")
            }
        }
    }

    private static func live(
        _ seed: UInt64, _ body: @Sendable (inout RandomLife, Company) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let company = try await Company(provider, on: server)
            let user = try await company.user()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(user)
                try await owner.sellsInArrears("cpu", 2999, setUp: 100)
                try await owner.sellsInArrears("gpu", 7777)
                try await owner.sellsOnce("transfer", 1199)
                var life = try await RandomLife(owner, seed: seed)
                try await body(&life, company)
            }
        }
    }

    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-10"
        provider.prices = [
            "web,EUR,month,1,9.99,5.00", "pro,EUR,month,1,33.33,0.00", "site,EUR,week,1,1.01,0.00",
            "vault,EUR,year,1,100.00,1.00", "drop,EUR,month,3,0.01,0.00", "free,EUR,month,1,0.00,0.00",
        ]
        provider.customers = 2
        provider.subscriptions = [
            "S1,C1,web,EUR,month,1,1,2026-10-31,,2026-12-31,active,",
            "S2,C1,site,EUR,week,1,3,2027-01-04,,,active,",
            "S3,C2,vault,EUR,year,1,0.5,2024-02-29,,2026-02-28,active,",
            "S4,C2,pro,EUR,month,1,2,2027-01-05,2027-02-01,,trial,",
        ]
        return provider
    }()
}

/// Somebody who does things to subscriptions, through HTTP.
private struct RandomLife {
    var random: Seeded
    /// How many things were done and not refused.
    private(set) var made = 0
    private let owner: TestClient
    private let subscriptions: [String]
    private var discounts: [String] = []
    /// One of each product, as they are sold on the first day: later some are not sold any more.
    private let prices: [JSONValue]

    init(_ owner: TestClient, seed: UInt64) async throws {
        self.owner = owner
        random = Seeded(seed)
        subscriptions = try await owner.pages("/v1/subscriptions").compactMap { $0["id"].text }
        prices = try await owner.pages("/v1/products").map { $0["prices"][0] }
    }

    /// What it did, for a failure's message.
    mutating func doSomething(today: Day) async throws -> String {
        let path = "/v1/subscriptions/\(try #require(subscriptions.randomElement(using: &random)))"
        let item = try await owner.send(.get, path)["items"].items.randomElement(using: &random)
        let (method, rest, body) = thing(item, today)
        let answer = try await owner.send(method, path + rest, body)
        #expect(
            [200, 201, 409, 422].contains(answer.status), "\(method) \(rest) \(body ?? .null): \(answer.text)"
        )
        if answer.status < 300 { made += 1 }
        if Int.random(in: 0..<4, using: &random) == 0 { try await discountSomething() }
        if Int.random(in: 0..<8, using: &random) == 0 { try await schedulePrice(today: today) }
        return "\(method) \(path)\(rest) \(body ?? .null) \(answer.status)"
    }

    /// Has a price become another, or stay as it is.
    private mutating func schedulePrice(today: Day) async throws {
        let scheduled = try await owner.pages("/v1/scheduled-price-changes?state=scheduled")
        if let change = scheduled.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
            let path = "/v1/scheduled-price-changes/\(change["id"].text ?? "")"
            let withdrawn = try await owner.send(.delete, path)
            #expect([200, 409].contains(withdrawn.status), "\(withdrawn.text)")
            return
        }
        let products = try await owner.pages("/v1/products")
        let price = try #require(products.randomElement(using: &random))["prices"][0]["id"].text ?? ""
        let change: JSONValue = [
            "amount": ["amount": .integer(Int64.random(in: 0...5000, using: &random)), "currency": "EUR"],
            "effective_on": .string(today.adding(days: Int.random(in: 0...50, using: &random)).description),
            "existing_subscriptions": oneOf(["follow", "follow", "keep"]),
        ]
        let made = try await owner.send(.post, "/v1/prices/\(price)/scheduled-changes", change)
        #expect([201, 409, 422].contains(made.status), "\(made.text)")
    }

    /// Grants a discount, or ends one.
    mutating func discountSomething() async throws {
        if let id = discounts.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
            let ended = try await owner.send(.delete, "/v1/discounts/\(id)")
            #expect([200, 409].contains(ended.status), "\(ended.text)")
            return
        }
        let path = "/v1/subscriptions/\(try #require(subscriptions.randomElement(using: &random)))"
        var discount: [String: JSONValue] = ["applies_to": oneOf(["recurring", "set_up", "both"])]
        if Bool.random(using: &random) {
            discount["percentage"] = oneOf(["0.0001", "12.5", "33.333333", "100"])
        } else {
            let amount = Int64.random(in: 1...1500, using: &random)
            discount["amount"] = ["amount": .integer(amount), "currency": "EUR"]
        }
        if Bool.random(using: &random) {
            discount["terms"] = .integer(Int64.random(in: 1...3, using: &random))
        }
        let granted = try await owner.send(.post, "\(path)/discounts", .object(discount))
        #expect([201, 409, 422].contains(granted.status), "\(granted.text)")
        guard let id = granted["id"].text else { return }
        discounts.append(id)
        made += 1
    }

    private mutating func thing(_ item: JSONValue?, _ today: Day) -> (HTTPRequest.Method, String, JSONValue?)
    {
        switch Int.random(in: 0..<18, using: &random) {
        case 0...4: (.post, "/changes", ["items": [part(item)], "when": when(today)])
        case 5: (.post, "/changes", ["items": [part(item), part(nil)], "when": when(today)])
        case 6...7: (.delete, "/planned-changes", nil)
        case 8: (.put, "/suspension", ["reason": oneOf(["overdue", "staff", "paused", "abuse"])])
        case 9...11: (.delete, "/suspension", nil)
        case 12 where Int.random(in: 0..<8, using: &random) == 0:
            (.post, "/cancellation", ["when": "term_end"])
        case 13 where Int.random(in: 0..<8, using: &random) == 0:
            (.post, "/cancellation", ["when": "now", "credit": .bool(Bool.random(using: &random))])
        case 14: (.post, "/renewals", ["terms": .integer(Int64.random(in: 1...2, using: &random))])
        case 15: (.put, "/renewal", ["mode": oneOf(["manual", "manual", "automatic"])])
        default: (.patch, "/policies", policies())
        }
    }

    private mutating func part(_ item: JSONValue?) -> JSONValue {
        var part: [String: JSONValue] = [:]
        if let item { part["item_id"] = item["id"] }
        if item != nil, Int.random(in: 0..<5, using: &random) == 0 {
            return .object(part.merging(["remove": true]) { $1 })
        }
        if item == nil || Bool.random(using: &random) {
            part["price_id"] = prices.randomElement(using: &random)?["id"]
        }
        if Bool.random(using: &random) { part["quantity"] = oneOf(["1", "2", "0.333333", "7"]) }
        if Int.random(in: 0..<4, using: &random) == 0 { part["starts_term"] = true }
        return .object(part)
    }

    private mutating func when(_ today: Day) -> JSONValue {
        let day = today.adding(days: Int.random(in: 0...60, using: &random)).description
        return oneOf(["now", "now", "now", "term_end", day])
    }

    private mutating func policies() -> JSONValue {
        switch Int.random(in: 0..<6, using: &random) {
        case 5: ["price_changes": oneOf(["follow", "keep"])]
        case 0: ["proration_unit": oneOf(["day", "second", "fixed_30"])]
        case 1: ["change_day": oneOf(["following", "preceding"])]
        case 2: ["proration_rounding": oneOf(["half_up", "half_even", "down"])]
        case 3: ["suspension_billing": oneOf(["skip", "bill_on", "bill_missed"])]
        default: ["invoice_days_before_due": .integer(Int64.random(in: 0...40, using: &random))]
        }
    }

    private mutating func oneOf(_ choices: [String]) -> JSONValue {
        .string(choices[Int.random(in: choices.indices, using: &random)])
    }

    /// Changes the first item that can be changed and changes it back, and returns what each cost.
    mutating func changeAndUndo() async throws -> [Int64] {
        for id in subscriptions.shuffled(using: &random) {
            let path = "/v1/subscriptions/\(id)"
            let item = try await owner.send(.get, path)["items"][0]
            let was: JSONValue = [
                "item_id": item["id"], "price_id": item["price_id"], "quantity": item["quantity"],
            ]
            let changed: JSONValue = [
                "item_id": item["id"], "price_id": try priceOfInterval(of: item),
                "quantity": oneOf(["3", "0.7"]),
            ]
            let isSame = was["price_id"] == changed["price_id"] && was["quantity"] == changed["quantity"]
            if isSame { continue }
            // The first change bills what was used so far in arrears, which nobody takes back.
            var costs: [Int64] = []
            for _ in item["billed"] == "in_arrears" ? 1...2 : 1...1 {
                let first = try await owner.send(.post, "\(path)/changes", ["items": [changed]])
                guard first.status == 201 else { break }
                let second = try await owner.send(.post, "\(path)/changes", ["items": [was]])
                #expect(second.status == 201, "\(second.text)")
                costs = [first, second].compactMap { $0["settlement"]["balance"]["amount"].integer }
            }
            if !costs.isEmpty { return costs }
        }
        return []
    }

    /// Only then do the terms go on: another interval begins a new one, on the way back as well.
    private mutating func priceOfInterval(of item: JSONValue) throws -> JSONValue {
        let others = prices.filter { $0["interval"] == item["interval"] }
        return try #require(others.randomElement(using: &random))["id"]
    }
}
