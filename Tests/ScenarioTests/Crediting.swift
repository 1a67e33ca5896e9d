import BillingMath
import Customers
import HTTPTypes
import Invoicing
import Kernel
import MPanelServer
import Platform
import Postgres
import Tenancy
import TestKit
import Testing
import Web

/// What a test wants to be taken back: `net` of a line of an invoice.
struct Credit: Sendable {
    let invoice: InvoiceID
    var lines: [LineCredit]

    init(_ invoice: InvoiceID, _ lines: (line: Int, net: Int64)...) {
        self.invoice = invoice
        self.lines = lines.map {
            LineCredit(
                line: $0.line, netMinor: $0.net, description: "Taken back", period: nil, explanation: nil)
        }
    }

    fileprivate var toIssue: CreditToIssue {
        CreditToIssue(id: .new(), invoice: invoice, reason: "A change", lines: lines)
    }
}

extension Company {
    /// A company without any business yet, and its owner.
    static func withOwner(_ body: @Sendable (Company, TestClient) async throws -> Void) async throws {
        try await TestServer.run { server in
            let company = try await Company(Provider(), on: server)
            let user = try await company.user()
            try await server.api { anyone in try await body(company, try await anyone.signedIn(user)) }
        }
    }

    /// Credits in one transaction, as a capability does that takes back what it billed. `meanwhile` runs
    /// before the commit.
    @discardableResult
    func credit(
        _ credits: Credit..., meanwhile: @Sendable () async throws -> Void = {}
    ) async throws -> [PlannedCreditNote] {
        let toIssue = credits.map(\.toIssue)
        let installation = server.installation
        return try await installation.database.write(scope) { tx in
            let calendar = try await installation.tenants.calendar(in: tx)
            for credit in toIssue {
                try await Customer.hold(
                    theOneOf: "SELECT customer_id FROM invoices WHERE id = \(credit.invoice)", in: tx)
            }
            try await CreditNotes.lock(toIssue.map(\.invoice), in: tx)
            let notes = try await CreditNotes.plan(toIssue, in: tx)
            var batch = CreditNoteBatch(
                Issuance(
                    tenant: scope.tenant, calendar: calendar,
                    seller: try await Sellers.snapshot(in: tx, calendar), recordedAt: RealClock.system.now()))
            for note in notes { batch.add(note) }
            _ = try await tx.pipeline(batch.statements)
            try await meanwhile()
            return notes
        }
    }

    /// The same as a preview: nothing is locked or written.
    func planCredit(_ credits: Credit...) async throws -> [PlannedCreditNote] {
        let toIssue = credits.map(\.toIssue)
        return try await server.installation.database.read(scope) { tx in
            try await CreditNotes.plan(toIssue, in: tx)
        }
    }

    /// With which code a credit is refused; nil when it is issued.
    func refusal(of credit: Credit) async throws -> String? {
        do {
            try await self.credit(credit)
            return nil
        } catch let problem as Problem {
            return problem.code
        }
    }

    /// Every credit note, sorted: `number,net,tax,gross`.
    func creditNotes() async throws -> [String] {
        try await texts(
            "SELECT concat_ws(',', number, net_minor, tax_minor, gross_minor) AS line FROM credit_notes")
    }
}

extension TestClient {
    /// A new customer where the tax is so much.
    func customer(taxedAt percent: String = "19", in country: String = "AT") async throws -> String {
        let rate = try await send(
            .put, "/v1/tax-rates/\(country)", ["name": "VAT", "percent": .string(percent)])
        #expect(rate.status == 200)
        let customer = try await send(
            .post, "/v1/customers",
            [
                "name": "Ada Berg", "email": "ada@berg.example", "currency": "EUR",
                "address": [
                    "street": "Ring 1", "postal_code": "1010", "city": "Wien", "country": .string(country),
                ],
            ])
        return try #require(customer["id"].text)
    }

    /// An invoice by hand with a line for each of the amounts before tax; a draft unless it is finalized.
    func invoice(
        _ nets: [Int64], in currency: String = "EUR", to customer: String, finalized: Bool = true
    ) async throws -> InvoiceID {
        let draft = try await send(
            .post, "/v1/invoices",
            [
                "customer_id": .string(customer), "currency": .string(currency),
                "lines": .array(
                    nets.map {
                        [
                            "description": "Work", "quantity": "1",
                            "unit_price": ["amount": .integer($0), "currency": .string(currency)],
                        ]
                    }),
            ])
        let id = try #require(draft["id"].text)
        if finalized {
            let issued = try await send(.post, "/v1/invoices/\(id)/finalization")
            #expect(issued.status == 200)
        }
        return try #require(InvoiceID(id))
    }
}
