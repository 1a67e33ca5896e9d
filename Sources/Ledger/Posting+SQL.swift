import Foundation
package import Kernel
import Platform
package import Postgres

extension Posting {
    private static let columns: SQL =
        """
        document_id, cause, entry, customer_id, debit_account, credit_account, amount_minor, currency,
        posted_on, credit_note_id
        """

    init(row: Row) throws {
        document = try row["document_id"]
        cause = try row["cause"]
        entry = try row["entry"]
        customer = try row["customer_id"]
        debit = try row["debit_account"]
        credit = try row["credit_account"]
        amountMinor = try row["amount_minor"]
        currency = try row["currency"]
        postedOn = try row["posted_on"]
        creditNote = try row["credit_note_id"]
    }

    /// Adds postings in one statement, however many they are. Fails on a posting that is there already:
    /// nothing is posted twice.
    package static func insertion(of postings: [Posting], tenant: TenantID, at now: Instant) -> SQL {
        """
        INSERT INTO postings (tenant_id, document_id, cause, entry, customer_id, debit_account,
            credit_account, amount_minor, currency, posted_on, credit_note_id, recorded_at)
        SELECT \(tenant), document_id, cause, entry, customer_id, debit_account, credit_account, amount_minor,
            currency, posted_on, credit_note_id, \(now)
        FROM unnest(\(postings.map(\.document.uuid)), \(postings.map(\.cause)), \(postings.map(\.entry)),
            \(postings.map(\.customer.uuid)), \(postings.map(\.debit)), \(postings.map(\.credit)),
            \(postings.map(\.amountMinor)), \(postings.map(\.currency)), \(postings.map(\.postedOn)),
            \(postings.map(\.creditNote)))
            AS posting (document_id, cause, entry, customer_id, debit_account, credit_account, amount_minor,
                currency, posted_on, credit_note_id)
        """
    }

    /// The latest first.
    static func list(of customer: CustomerID, _ page: PageRequest, in tx: Transaction) async throws -> Page<
        Posting
    > {
        var condition: SQL = "customer_id = \(customer)"
        if let before = try page.cursor.map(PostingPlace.init) {
            condition = """
                \(condition) AND (posted_on, document_id, cause, entry)
                    < (\(before.day), \(before.document), \(before.cause), \(before.entry))
                """
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM postings
            WHERE \(condition)
            ORDER BY posted_on DESC, document_id DESC, cause DESC, entry DESC
            LIMIT \(page.limit + 1)
            """, Posting.init(row:))
        return Page(fetched: rows, limit: page.limit) { PostingPlace($0).text }
    }

    static func sums(in tx: Transaction) async throws -> [PostingSum] {
        try await tx.all(
            """
            SELECT debit_account, credit_account, currency, sum(amount_minor)::bigint AS amount_minor
            FROM postings
            GROUP BY debit_account, credit_account, currency
            """
        ) {
            PostingSum(
                debit: try $0["debit_account"], credit: try $0["credit_account"],
                currency: try $0["currency"],
                amountMinor: try $0["amount_minor"])
        }
    }
}

/// Where a page of postings ended.
struct PostingPlace: Hashable, Sendable {
    let day: Day
    let document: UUID
    let cause: Posting.Cause
    let entry: Int16

    init(_ posting: Posting) {
        day = posting.postedOn
        document = posting.document.uuid
        cause = posting.cause
        entry = posting.entry
    }

    /// Throws `invalid` for a text that no list of postings wrote.
    init(_ text: String) throws {
        let cursor = try ListCursor(text)
        let parts = cursor.key.split(separator: "/").map(String.init)
        guard parts.count == 3, let day = Day(parts[0]), let cause = Posting.Cause(rawValue: parts[1]),
            let entry = Int16(parts[2])
        else { throw Problem.invalid.with(errors: [FieldError("?cursor", "is not a cursor of this list")]) }
        self.day = day
        document = cursor.id
        self.cause = cause
        self.entry = entry
    }

    var text: String { ListCursor(key: "\(day)/\(cause.rawValue)/\(entry)", id: document).text }
}
