import Foundation
import HTTPTypes
import Kernel
import MPanelServer
import Subscriptions
import TestKit
import Testing
import Web

/// Makes a new object of each kind that a path can name, through the API, as the company's owner.
struct ObjectMaker: Sendable {
    let company: Company

    init(_ company: Company) {
        self.company = company
    }

    /// What stands in the place of the placeholder behind `/v1/<collection>/`. Fails the test for a
    /// collection that is not known here: a new kind of object needs its line.
    func make(for collection: Substring) async throws -> String {
        let object: JSONValue =
            switch collection {
            case "audit-entries": try await company.owner.first("/v1/audit-entries")
            case "automation-runs": try await automationRun()
            case "billing-runs": try await run()
            case "contacts": try await contact()
            case "coupons": try await coupon()
            case "credit-notes": try await creditNote()
            case "customer-groups": try await group()
            case "customers": try await customer()
            case "discounts": try await discount()
            case "invoice-batches": try await batch()
            case "invoices": try await draft()
            case "jobs": try await job()
            case "prices": try await product()["prices"][0]
            case "product-families":
                try await company.owner.must(
                    .post, "/v1/product-families", ["name": .string("Made \(unique)")])
            case "products": try await product()
            case "scheduled-price-changes": try await scheduledPriceChange()
            case "subscription-items": try await subscription()["items"][0]
            case "quarantine": try await quarantined()
            case "subscriptions": try await subscription()
            case "tax-exemptions": try await taxExemption()
            case "tax-rates": try await taxRate()
            case "tax-registrations": try await taxRegistration()
            case "tax-rules": try await taxRule()
            case "sessions": try await session()
            case "users": try await user()
            default: .null
            }
        return try #require(
            (object["id"].text ?? object["country"].text),
            "make an object of /v1/\(collection)/ in ObjectMaker")
    }

    /// For names and codes that must not stand twice.
    private var unique: String { UUID().uuidString.lowercased() }

    static let customerBody: JSONValue = [
        "name": "Ada Berg", "email": "ada@berg.example", "currency": "EUR",
        "address": ["street": "Ring 1", "postal_code": "10115", "city": "Berlin", "country": "DE"],
    ]

    func group() async throws -> JSONValue {
        try await company.owner.must(.post, "/v1/customer-groups", ["name": .string("Made \(unique)")])
    }

    func customer() async throws -> JSONValue {
        try await company.owner.must(.post, "/v1/customers", ObjectMaker.customerBody)
    }

    /// Another session of the owner.
    func session() async throws -> JSONValue {
        let opened = try await signIn(as: "owner")
        return ["id": opened["session_id"]]
    }

    /// The answer to a sign-in of the user whose address begins so.
    func signIn(as alias: String) async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/sign-ins",
            [
                "company": .string(company.slug.text),
                "email": .string("\(alias)@\(company.slug.text).example"),
                "password": .string(TestSignIn.password),
            ])
    }

    func user() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/users",
            [
                "email": .string("\(unique)@made.example"), "name": "Made", "role": "staff",
                "password": .string(TestSignIn.password),
            ])
    }

    func contact(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await (customer == nil ? self.customer() : customer ?? .null)["id"].text ?? ""
        return try await company.owner.must(
            .post, "/v1/customers/\(id)/contacts", ["name": "Bo Berg", "email": "bo@berg.example"])
    }

    /// Asking for a billing run makes a job.
    func job() async throws -> JSONValue {
        _ = try await run()
        return try await company.owner.first("/v1/jobs")
    }

    func product() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/products",
            [
                "code": .string("made-\(unique)"), "type": "hosting",
                "name": "Made",
                "prices": [
                    [
                        "amount": ["amount": 1000, "currency": "EUR"],
                        "interval": ["unit": "month", "count": 1],
                    ]
                ],
            ])
    }

    /// From one product to another.
    func upgradePath() async throws -> JSONValue {
        let (from, to) = (try await product()["id"], try await product()["id"])
        return try await company.owner.must(
            .put, "/v1/products/\(from.text ?? "")/upgrade-paths", ["product_ids": [to]])
    }

    func subscription(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await (customer == nil ? self.customer() : customer ?? .null)["id"]
        let price = try await product()["prices"][0]["id"]
        return try await company.owner.must(
            .post, "/v1/subscriptions", ["customer_id": id, "items": [["price_id": price]]])
    }

    func coupon() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/coupons",
            ["code": .string("made-\(unique)"), "name": "Made", "percentage": "10"])
    }

    func scheduledPriceChange() async throws -> JSONValue {
        let price = try await product()["prices"][0]["id"].text ?? ""
        return try await company.owner.must(
            .post, "/v1/prices/\(price)/scheduled-changes",
            [
                "amount": ["amount": 1200, "currency": "EUR"], "effective_on": "2027-12-31",
                "existing_subscriptions": "follow",
            ])
    }

    func discount() async throws -> JSONValue {
        let id = try await subscription()["id"].text ?? ""
        return try await company.owner.must(
            .post, "/v1/subscriptions/\(id)/discounts",
            ["name": "Made", "percentage": "10", "reason": "A test"])
    }

    /// A billed subscription that is cancelled at once, with what is not used given back.
    func changedSubscription() async throws {
        let made = try await subscription()
        let id = try #require(made["id"].text)
        let answer = try await company.owner.send(
            .post, "/v1/subscriptions/\(id)/changes",
            ["items": [["item_id": made["items"][0]["id"], "quantity": "2"]]])
        try #require(answer.status == 201, "\(answer.text)")
        _ = try await company.owner.must(
            .post, "/v1/subscriptions/\(id)/cancellation", ["when": "now", "credit": true])
    }

    /// What costs more than 64 bits hold, and a billing run that says so.
    func quarantined(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await (customer == nil ? self.customer() : customer ?? .null)["id"]
        let product = try await product()["id"].text ?? ""
        let price = try await company.owner.must(
            .post, "/v1/products/\(product)/prices",
            [
                "amount": ["amount": 6_000_000_000_000_000_000, "currency": "EUR"],
                "interval": ["unit": "year", "count": 1],
            ])
        _ = try await company.owner.must(
            .post, "/v1/subscriptions",
            ["customer_id": id, "items": [["price_id": price["id"], "quantity": "2"]]])
        _ = try await company.server.installation.subscriptions.billing.run(
            BillingRequest(scope: TenantScope(company.tenant)))
        return try await company.owner.first("/v1/quarantine?customer_id=\(id.text ?? "")")
    }

    /// As `make`, for an object that others belong to: lists that are asked for it have something to show.
    func busy(for collection: Substring) async throws -> String {
        let customer = try await customer()
        _ = try await creditNote(of: customer)
        _ = try await subscription(of: customer)
        _ = try await quarantined(of: customer)
        _ = try await taxExemption(of: customer)
        let family = try await make(for: "product-families")
        let group = try await make(for: "customer-groups")
        _ = try await company.owner.must(
            .patch, "/v1/customers/\(customer["id"].text ?? "")", ["customer_group_id": .string(group)])
        _ = try await company.owner.must(
            .post, "/v1/products",
            ["code": .string("made-\(unique)"), "type": "ssl", "name": "Made", "family_id": .string(family)])
        let id = try #require(customer["id"].text)
        let product = try await product()["id"].text
        for (field, audience) in [("customer_id", id), ("customer_group_id", group)] {
            _ = try await company.owner.must(
                .post, "/v1/products/\(product ?? "")/prices",
                .object(["amount": ["amount": 900, "currency": "EUR"], field: .string(audience)]))
        }
        let change = try await scheduledPriceChange()
        let busy: [Substring: String?] = [
            "customer-groups": group, "customers": id, "product-families": family, "products": product,
            "prices": change["price_id"].text,
            "users": try await company.owner.must(.get, "/v1/me")["id"].text,
            "invoices": try await company.owner.first("/v1/credit-notes?customer_id=\(id)")["invoice_id"]
                .text,
        ]
        return try #require(
            busy[collection] ?? nil, "make a busy object of /v1/\(collection)/ in ObjectMaker")
    }

    func draft(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await (customer == nil ? self.customer() : customer ?? .null)["id"]
        return try await company.owner.must(
            .post, "/v1/invoices",
            [
                "customer_id": id, "currency": "EUR",
                "lines": [
                    [
                        "description": "Work", "quantity": "2",
                        "unit_price": ["amount": 500, "currency": "EUR"],
                    ]
                ],
            ])
    }

    func creditNote(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await draft(of: customer)["id"].text ?? ""
        _ = try await company.owner.must(.post, "/v1/invoices/\(id)/finalization")
        return try await company.owner.must(.post, "/v1/invoices/\(id)/void", ["reason": "A test"])[
            "credit_notes"][0]
    }

    /// Of one draft, which waits.
    func batch() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/invoice-batches", ["operation": "finalize", "invoice_ids": [try await draft()["id"]]])
    }

    /// Only one may wait at a time.
    func run() async throws -> JSONValue {
        let asked = try await company.owner.send(.post, "/v1/billing-runs", [:])
        return asked.status == 202 ? asked.json : try await company.owner.first("/v1/billing-runs")
    }

    /// The clock of a sandbox that is sent ahead leaves one for the day it stands at.
    func automationRun() async throws -> JSONValue {
        let asked = try await company.owner.send(.post, "/v1/sandbox/clock/advance", ["to": "2026-12-02"])
        try #require(asked.status == 202 || asked["code"] == "clock_advancing", "\(asked.text)")
        return try await company.owner.first("/v1/automation-runs")
    }

    /// Of a country in which only this company has a rate.
    func taxRate() async throws -> JSONValue {
        try await company.owner.must(
            .put, "/v1/tax-rates/\(company.slug.text == "ours" ? "IS" : "NO")",
            ["name": "VSK", "percent": "24"])
    }

    func taxRule() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/tax-rules",
            ["country": "CA", "region": "QC", "tax": "qst", "name": "QST", "percent": "9.975"])
    }

    func taxRegistration() async throws -> JSONValue {
        try await company.owner.must(
            .post, "/v1/tax-registrations", ["country": "CA", "number": "123456789RT0001"])
    }

    func taxExemption(of customer: JSONValue? = nil) async throws -> JSONValue {
        let id = try await (customer == nil ? self.customer() : customer ?? .null)["id"]
        return try await company.owner.must(
            .post, "/v1/tax-exemptions",
            ["customer_id": id, "certificate": "X-1", "valid_from": "2026-01-01"])
    }
}
