import HTTPTypes
import Kernel
import Postgres
import Seeds
import Subscriptions
import TestKit
import Testing
import Web

/// Whatever is decided, changed and taken back between two runs, each term is billed once.
@Suite("Policies that change between billing runs")
struct ChangingPoliciesTests {
    private static let customers = 3
    private static let subscriptions = 6

    @Test("never bill a term twice and never skip one", arguments: seeds.prefix(6))
    func exact(seed: UInt64) async throws {
        try await TestServer.run { server in
            let company = try await Company(Self.provider, on: server)
            let user = try await company.user()
            try await server.api { anyone in
                let owner = try await anyone.signedIn(user)
                var random = Seeded(seed)
                var model = try await PolicyModel(owner, groups: 2, Self.customers, Self.subscriptions)
                var today = try #require(Day(Self.provider.today))
                for step in 1...12 {
                    for _ in 0..<Int.random(in: 0...3, using: &random) {
                        try await model.changeSomething(by: owner, using: &random)
                    }
                    today = today.adding(days: Int.random(in: 0...25, using: &random))
                    try await company.setToday(today.description)
                    model.bill(on: today)
                    let place = "seed \(seed), step \(step)"
                    let rehearsed = try await company.bill(isDryRun: true)
                    #expect(try await company.bill() == rehearsed, "\(place)")
                    #expect(try await company.bill().totals.isEmpty, "\(place)")
                    #expect(try await billed(company) == model.expected, "\(place)")
                    #expect(try await company.audit() == [], "\(place)")
                }
            }
        }
    }

    private static let provider: Provider = {
        var provider = Provider()
        provider.customers = customers
        provider.subscriptions = (1...subscriptions).map {
            "S\($0),C\(1 + ($0 - 1) % customers),web,EUR,month,1,1,\(PolicyModel.anchor($0)),,,active,"
        }
        return provider
    }()

    /// `S1 0,1,2`: the terms that stand on invoices, in the order of their numbers.
    private func billed(_ company: Company) async throws -> [String] {
        try await company.texts(
            """
            SELECT s.reference || ' ' || string_agg(b.term_no::text, ',' ORDER BY b.term_no) AS line
            FROM billed_terms AS b
            JOIN subscription_items AS i ON i.tenant_id = b.tenant_id AND i.id = b.item_id
            JOIN subscriptions AS s ON s.tenant_id = i.tenant_id AND s.id = i.subscription_id
            GROUP BY s.reference
            """)
    }
}

/// What is set where, and what must be billed by it: the cascade once more, written down naively.
private struct PolicyModel {
    private let groups: [String]
    private let customers: [String]
    private let subscriptions: [String]
    /// By the path of the object.
    private var days: [String: Int] = ["/v1/tenant": 0]
    /// The group of each customer, by place.
    private var memberships: [Int?]
    /// Through which day each subscription's terms have been billed.
    private var through: [Day?]

    init(_ owner: TestClient, groups count: Int, _ customers: Int, _ subscriptions: Int) async throws {
        var groups: [String] = []
        for number in 1...count {
            groups.append(try await owner.made("/v1/customer-groups", ["name": .string("G\(number)")]))
        }
        self.groups = groups.map { "/v1/customer-groups/\($0)" }
        var found: [String] = []
        for number in 1...customers {
            found.append("/v1/customers/\(try await owner.id(of: "/v1/customers?reference=C\(number)"))")
        }
        self.customers = found
        found = []
        for number in 1...subscriptions {
            let id = try await owner.id(of: "/v1/subscriptions?reference=S\(number)")
            found.append("/v1/subscriptions/\(id)")
        }
        self.subscriptions = found
        memberships = Array(repeating: nil, count: customers)
        through = Array(repeating: nil, count: subscriptions)
    }

    static func anchor(_ number: Int) -> Day {
        // Month's ends and the days around them.
        ["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-15", "2026-10-29", "2026-12-31"]
            .compactMap { Day($0) }[number - 1]
    }

    mutating func changeSomething(by owner: TestClient, using random: inout Seeded) async throws {
        if Int.random(in: 0..<4, using: &random) == 0 {
            let customer = Int.random(in: 0..<customers.count, using: &random)
            let group = (groups.indices.map(Optional.some) + [nil]).randomElement(using: &random) ?? nil
            memberships[customer] = group
            let id = group.flatMap { groups[$0].split(separator: "/").last.map(String.init) }
            let answer = try await owner.send(
                .patch, customers[customer], ["customer_group_id": id.map { .string($0) } ?? .null])
            try #require(answer.status == 200, "\(answer.text)")
            return
        }
        let paths = ["/v1/tenant"] + groups + customers + subscriptions
        let path = try #require(paths.randomElement(using: &random))
        let number = Bool.random(using: &random) ? Int.random(in: 0...90, using: &random) : nil
        days[path] = number
        let answer = try await owner.send(
            .patch, "\(path)/policies",
            ["invoice_days_before_due": number.map { .integer(Int64($0)) } ?? .null])
        try #require(answer.status == 200, "\(answer.text)")
    }

    mutating func bill(on today: Day) {
        for place in subscriptions.indices {
            let customer = place % customers.count
            let nearest =
                days[subscriptions[place]] ?? days[customers[customer]]
                ?? memberships[customer].flatMap { days[groups[$0]] } ?? days["/v1/tenant"] ?? 0
            let day = today.adding(days: nearest)
            through[place] = through[place].map { max($0, day) } ?? day
        }
    }

    var expected: [String] {
        subscriptions.indices.compactMap { place in
            let anchor = PolicyModel.anchor(place + 1)
            let terms = (0..<100).prefix { number in
                guard let month = Interval(1, .month), let start = anchor.adding(number, month),
                    let day = through[place]
                else { return false }
                return start <= day
            }
            return terms.isEmpty ? nil : "S\(place + 1) " + terms.map(String.init).joined(separator: ",")
        }.sorted()
    }
}
