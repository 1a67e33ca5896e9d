import BillingMath
import Kernel
import Postgres
import Testing
import Web

@testable import Tenancy

/// Which level wins.
@Suite("The cascade of policies")
struct PolicyCascadeTests {
    /// What tenant, group, customer and subscription set (`-` for nothing), what holds, and by which level.
    static let table = [
        "-  -  -  -  -> 0  system",
        "14 -  -  -  -> 14 tenant",
        "-  30 -  -  -> 30 customer_group",
        "14 30 -  -  -> 30 customer_group",
        "-  -  7  -  -> 7  customer",
        "14 -  7  -  -> 7  customer",
        "-  30 7  -  -> 7  customer",
        "14 30 7  -  -> 7  customer",
        "-  -  -  3  -> 3  subscription",
        "14 -  -  3  -> 3  subscription",
        "-  30 -  3  -> 3  subscription",
        "14 30 -  3  -> 3  subscription",
        "-  -  7  3  -> 3  subscription",
        "14 -  7  3  -> 3  subscription",
        "-  30 7  3  -> 3  subscription",
        "14 30 7  3  -> 3  subscription",
        // Zero is a decision, not the lack of one.
        "14 0  -  -  -> 0  customer_group",
        "14 30 0  -  -> 0  customer",
        "14 30 7  0  -> 0  subscription",
    ]

    @Test("The nearest level that says anything wins, and is named", arguments: table)
    func nearest(row: String) throws {
        let cells = row.split(separator: " ").map(String.init)
        func settings(_ cell: String) throws -> PolicySettings {
            var settings = PolicySettings.none
            if cell == "-" { return settings }
            settings[Policies.invoiceDaysBeforeDue] = Whole(try #require(Int(cell)))
            return settings
        }
        let cascade = PolicyCascade(
            tenant: try settings(cells[0]), customerGroup: try settings(cells[1]),
            customer: try settings(cells[2]), subscription: try settings(cells[3]))
        let effective = cascade.effective(Policies.invoiceDaysBeforeDue)
        #expect(effective.value.value == Int(cells[5]))
        #expect(effective.level == PolicyLevel(rawValue: cells[6]))
        // What one policy says, no other hears.
        #expect(cascade.effective(Policies.paymentTermsDays).level == .system)
    }

    @Test("Null takes a value back, a value replaces it, and what is absent stays")
    func changes() {
        var settings = PolicySettings.none
        settings.apply(["payment_terms_days": 30, "tax_rounding": "invoice"])
        #expect(settings[Policies.paymentTermsDays] == Whole(30))
        settings.apply(["payment_terms_days": 10])
        #expect(settings[Policies.paymentTermsDays] == Whole(10))
        #expect(settings[Policies.taxRounding] == .invoice)
        settings.apply(["payment_terms_days": .null, "tax_rounding": .null])
        #expect(settings == .none)
    }

    @Test("What is kept comes back as it was")
    func stored() throws {
        var settings = PolicySettings.none
        #expect(try settings.stored.text == "{}")
        settings[Policies.taxRounding] = .invoice
        settings[Policies.invoiceDaysBeforeDue] = Whole(90)
        #expect(try PolicySettings(stored: settings.stored) == settings)
    }

    @Test("A policy is set by the company, and at every level from there to its nearest")
    func levels() {
        #expect(
            Policies.invoiceDaysBeforeDue.levels == [.tenant, .customerGroup, .customer, .subscription])
        #expect(Policies.taxRounding.levels == [.tenant, .customerGroup, .customer])
        let names = Policies.all.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
