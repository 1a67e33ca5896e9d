import BillingMath
import Customers
package import Foundation
package import Kernel
import Ledger
import Platform
package import Postgres
import Tax
import Tenancy
import Web

/// The verbs on invoices.
package struct Invoices: Sendable {
    /// Called in the transaction that voids an invoice, with the credit note's UUID: whoever billed something
    /// by the invoice makes it billable again there.
    package typealias Release = @Sendable (Transaction, InvoiceID, UUID) async throws -> Void

    /// Called in the transaction that issues an invoice in the place of another, once its lines are written:
    /// whoever billed something by the former has it billed by the new one there.
    package typealias Transfer = @Sendable (Transaction, ReplacedInvoice) async throws -> Void

    private let database: Database
    let tenants: Tenants
    private let taxBooks: TaxBooks
    private let releases: [Release]
    let transfers: [Transfer]

    init(
        database: Database, tenants: Tenants, taxBooks: TaxBooks, releases: [Release], transfers: [Transfer]
    ) {
        self.database = database
        self.tenants = tenants
        self.taxBooks = taxBooks
        self.releases = releases
        self.transfers = transfers
    }

    /// What a new draft is made of. Without `serviceOn` it is for the tenant's today.
    struct Draft: Sendable {
        let customer: CustomerID
        let currency: Currency
        let serviceOn: Day?
        let lines: [DraftLine]
        let remarks: InvoiceRemarks

        fileprivate var subject: TaxedSubject {
            TaxedSubject(customer: customer, currency: currency, termsDays: remarks.paymentTermsDays)
        }
    }

    /// What the lines of an invoice are taxed for.
    struct TaxedSubject: Sendable {
        let customer: CustomerID
        let currency: Currency
        /// The invoice's own; nil as the policies say.
        let termsDays: Int?

        init(customer: CustomerID, currency: Currency, termsDays: Int?) {
            self.customer = customer
            self.currency = currency
            self.termsDays = termsDays
        }

        init(_ invoice: Invoice, _ remarks: InvoiceRemarks) {
            self.init(
                customer: invoice.customer, currency: invoice.currency, termsDays: remarks.paymentTermsDays)
        }
    }

    func list(
        _ filter: InvoiceFilter, _ page: PageRequest, _ scope: TenantScope
    ) async throws -> Page<ListedInvoice> {
        let listed = try await database.all(
            scope, Invoice.list(filter, page, scope), ListedInvoice.init(row:))
        return Page(fetched: listed, limit: page.limit) { ListCursor(id: $0.invoice.id.uuid).text }
    }

    func read(_ id: InvoiceID, _ scope: TenantScope) async throws -> InvoiceDocument {
        let answers = try await database.pipeline(scope, Invoice.document(id, scope))
        guard let document = try InvoiceDocument(answers) else { throw Problem.notFound }
        return document
    }

    /// Throws `unknownCustomer`, `unknownProduct`, `negative`, `tooLarge`.
    func draft(_ draft: Draft, in change: Change) async throws -> InvoiceDocument {
        let tx = change.tx
        let calendar = try await tenants.calendar(in: tx)
        let lines = try await taxed(draft.lines, for: draft.subject, calendar, in: tx)
        let invoice = Invoice(
            id: .new(), customer: draft.customer, state: .draft, version: 1, number: nil,
            currency: draft.currency, serviceOn: draft.serviceOn ?? calendar.today, issuedOn: nil,
            dueOn: nil,
            netMinor: lines.totals.netMinor, taxMinor: lines.totals.taxMinor,
            grossMinor: lines.totals.grossMinor, settledMinor: 0, lineCount: lines.lines.count,
            taxRounding: lines.rounding, recordedAt: change.now, remarks: draft.remarks)
        try await invoice.insertDraft(lines, in: tx)
        return try await document(invoice.id, in: tx)
    }

    /// Deletes a draft and returns it: it never had a number, so nothing is missing. Throws `notFound`,
    /// `wrongState`.
    func delete(_ id: InvoiceID, in change: Change) async throws -> InvoiceDocument {
        let draft = try await lock(id, for: .delete, in: change)
        try await Invoice.delete([id], in: change.tx)
        return draft
    }

    /// Issues a draft: taxed anew by today's rates, numbered, with seller and buyer as they are now, and
    /// posted. Throws `notFound`, `wrongState`, `empty`, `negative`, `tooLarge`, `numberTaken`.
    func finalize(_ id: InvoiceID, in change: Change) async throws -> Changed<InvoiceDocument> {
        let tx = change.tx
        let before = try await lock(id, for: .finalize, in: change)
        let invoice = before.invoice
        let calendar = try await tenants.calendar(in: tx)
        let drafts = before.lines.map { DraftLine($0, in: invoice.currency) }
        let lines = try await taxed(
            drafts, for: TaxedSubject(invoice, invoice.remarks), calendar, in: tx)
        guard let buyer = try await Buyer.snapshot(of: invoice.customer, in: tx) else {
            throw Problem.notFound
        }
        let issuance = try await issuance(calendar, in: change)
        let postings = try Posting.issue(
            PostedDocument(
                id: id, customer: invoice.customer, netMinor: lines.totals.netMinor,
                taxMinor: lines.totals.taxMinor, currency: invoice.currency),
            on: calendar.today)
        var events = [InvoicingEvents.issued(id, version: invoice.version + 1)]
        if lines.totals.grossMinor == 0 {
            events.append(InvoicingEvents.paid(id, version: invoice.version + 1))
        }
        try await write(
            postings, events, then: invoice.issue(lines, issuance, buyer: buyer), at: change.now, in: tx)
        return Changed(from: before, to: try await document(id, in: tx))
    }

    /// Takes an issued invoice back by a credit note for the whole. Throws `notFound`, `wrongState`,
    /// `settled`, `numberTaken`.
    func void(
        _ id: InvoiceID, reason: Text<1, 500>, in change: Change
    ) async throws -> Changed<InvoiceDocument> {
        let tx = change.tx
        // The customer before the invoice, as everybody who credits: two never wait for each other.
        try await Customer.hold(theOneOf: Invoice.customer(of: id), in: tx)
        let before = try await lock(id, for: .void, in: change)
        let note = try PlannedCreditNote(cancelling: before, as: .new(), reason: reason.text)
        for release in releases { try await release(tx, id, note.id.uuid) }
        let calendar = try await tenants.calendar(in: tx)
        var batch = CreditNoteBatch(try await issuance(calendar, in: change), trace: tx.trace)
        batch.add(note)
        let statements = batch.statements
        try await refusing(InvoicingProblem.byConstraint) { _ = try await tx.pipeline(statements) }
        return Changed(from: before, to: try await document(id, in: tx))
    }
}

extension Invoices {
    /// The invoice as it is before the change, which nobody else can make until this one has ended.
    func lock(
        _ id: InvoiceID, for action: Invoice.Action, in change: Change
    ) async throws -> InvoiceDocument {
        let invoice = try await change.subject(Invoice.lock(id, in: change.tx))
        try invoice.require(action)
        return try await document(id, in: change.tx)
    }

    func document(_ id: InvoiceID, in tx: Transaction) async throws -> InvoiceDocument {
        let answers = try await tx.pipeline(Invoice.document(id, tx.scope))
        guard let document = try InvoiceDocument(answers) else { throw Problem.notFound }
        return document
    }

    func issuance(_ calendar: TenantCalendar, in change: Change) async throws -> Issuance {
        Issuance(
            tenant: change.tx.scope.tenant, calendar: calendar,
            seller: try await Sellers.snapshot(in: change.tx, calendar), recordedAt: change.now)
    }

    /// The lines with the tax of the customer's country, by the policies that count for it, all as of today.
    func taxed(
        _ lines: [DraftLine], for subject: TaxedSubject, _ calendar: TenantCalendar, in tx: Transaction
    ) async throws -> TaxedLines {
        guard let customer = try await Customer.find(subject.customer, in: tx) else {
            throw InvoicingProblem.unknownCustomer
        }
        let certificates = try TaxExemption.certificates(
            in: await tx.pipeline([TaxExemption.selection(of: [customer.id])])[0])
        let country = customer.address.country
        let buyer = TaxBuyer(
            country: country, region: TaxBuyer.region(customer.address.region?.text, in: country),
            isBusiness: TaxBuyer.isBusiness(
                isCompany: customer.kind == .company, taxID: customer.taxID?.text, in: country),
            isExempt: customer.isTaxExempt, certificates: certificates[customer.id] ?? [])
        let policies = try await customer.cascade(under: calendar.settings, in: tx)
        let book = try await taxBooks.open(calendar.settings, in: tx)
        return try TaxedLines(
            lines, in: subject.currency,
            tax: { book.tax(on: $0, for: buyer, on: calendar.today) }, policies: policies,
            termsDays: subject.termsDays)
    }

    private func write(
        _ postings: [Posting], _ events: [Event], then last: [SQL], at now: Instant, in tx: Transaction
    ) async throws {
        var statements: [SQL] = []
        if !postings.isEmpty {
            statements.append(Posting.insertion(of: postings, tenant: tx.scope.tenant, at: now))
        }
        statements.append(
            Event.insertion(of: events, tenant: tx.scope.tenant, trace: tx.trace, at: now))
        try await refusing(InvoicingProblem.byConstraint) { _ = try await tx.pipeline(statements + last) }
    }
}
