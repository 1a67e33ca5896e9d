import Kernel
import Platform
import Postgres

extension InvoiceJob {
    private static let columns: SQL =
        """
        invoice_batches.id, invoice_batches.operation, invoice_batches.reason, invoice_batches.state,
        invoice_batches.item_count, invoice_batches.asked_by, invoice_batches.recorded_at,
        invoice_batches.finished_at
        """

    init(row: Row) throws {
        id = try row["id"]
        operation = try row["operation"]
        reason = try (row["reason"] as String?).flatMap { Text<1, 500>($0) }
        state = try row["state"]
        itemCount = try row["item_count"]
        askedBy = try row["asked_by"]
        recordedAt = try row["recorded_at"]
        finishedAt = try row["finished_at"]
    }

    /// Writes it with its items.
    func insert(_ invoices: [(id: InvoiceID, customer: CustomerID)], in tx: Transaction) async throws {
        _ = try await tx.pipeline([
            """
            INSERT INTO invoice_batches (tenant_id, id, operation, reason, state, item_count, asked_by,
                recorded_at)
            VALUES (\(tx.scope.tenant), \(id), \(operation), \(reason?.text), \(state), \(Int32(itemCount)),
                \(askedBy), \(recordedAt))
            """,
            """
            INSERT INTO invoice_batch_items (tenant_id, batch_id, position, customer_id, invoice_id, state)
            SELECT \(tx.scope.tenant), \(id), position, customer_id, invoice_id, 'waiting'
            FROM unnest(\(invoices.map(\.id)), \(invoices.map(\.customer)))
                WITH ORDINALITY AS item (invoice_id, customer_id, position)
            """,
        ])
    }

    /// The invoices that are meant, with their customers; of named ones those there are, in their order. Of
    /// others one more than a job can have, when there are more.
    static func invoices(
        _ selection: InvoiceSelection, for operation: Operation, in tx: Transaction
    ) async throws -> [(id: InvoiceID, customer: CustomerID)] {
        try await tx.all(sql(selection, operation)) { (try $0["id"], try $0["customer_id"]) }
    }

    private static func sql(_ selection: InvoiceSelection, _ operation: Operation) -> SQL {
        switch selection {
        case .ids(let ids):
            return """
                SELECT invoices.id, invoices.customer_id
                FROM unnest(\(ids)) WITH ORDINALITY AS named (id, place)
                JOIN invoices ON invoices.id = named.id
                ORDER BY named.place
                """
        case .all(let customer, let day):
            let state: Invoice.State = operation == .finalize ? .draft : .open
            var condition: SQL = "state = \(state)"
            if let customer { condition = "\(condition) AND customer_id = \(customer)" }
            if let day { condition = "\(condition) AND service_on <= \(day)" }
            if operation == .finalize { condition = "\(condition) AND line_count > 0" }
            return """
                SELECT id, customer_id FROM invoices
                WHERE \(condition)
                ORDER BY id
                LIMIT \(limit + 1)
                """
        }
    }

    static func find(_ id: InvoiceJobID, in tx: Transaction) async throws -> InvoiceJobProgress? {
        try await tx.first(
            "SELECT \(columns), \(counts) FROM invoice_batches WHERE id = \(id)",
            InvoiceJobProgress.init(row:))
    }

    /// The newest first.
    static func list(_ page: PageRequest, in tx: Transaction) async throws -> Page<InvoiceJobProgress> {
        let behind: SQL = try page.cursor.map { "id < \(try ListCursor($0).id)" } ?? "TRUE"
        let rows = try await tx.all(
            """
            SELECT \(columns), \(counts) FROM invoice_batches
            WHERE \(behind)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """, InvoiceJobProgress.init(row:))
        return Page(fetched: rows, limit: page.limit) { ListCursor(id: $0.job.id.uuid).text }
    }

    private static let counts: SQL =
        """
        (SELECT count(*) FROM invoice_batch_items AS i
            WHERE i.tenant_id = invoice_batches.tenant_id AND i.batch_id = invoice_batches.id
                AND i.state = 'done') AS done,
        (SELECT count(*) FROM invoice_batch_items AS i
            WHERE i.tenant_id = invoice_batches.tenant_id AND i.batch_id = invoice_batches.id
                AND i.state = 'failed') AS failed
        """

    /// Begins it, or goes on with it after another worker. Nil when it is finished: only the end of its job
    /// was not written.
    static func take(_ id: InvoiceJobID, in tx: Transaction) async throws -> InvoiceJob? {
        try await tx.first(
            """
            UPDATE invoice_batches SET state = 'running', finished_at = NULL
            WHERE id = \(id) AND state <> 'finished'
            RETURNING \(columns)
            """, InvoiceJob.init(row:))
    }

    static func end(_ id: InvoiceJobID, _ state: State, in tx: Transaction, at now: Instant) async throws {
        try await tx.run(
            "UPDATE invoice_batches SET state = \(state), finished_at = \(now) WHERE id = \(id)")
    }
}

extension InvoiceJobProgress {
    init(row: Row) throws {
        job = try InvoiceJob(row: row)
        done = try row["done"]
        failed = try row["failed"]
    }
}

extension InvoiceJobItem {
    private static let columns: SQL = "position, invoice_id, state, code, detail, ended_at"

    init(row: Row) throws {
        position = try row["position"]
        invoice = try row["invoice_id"]
        state = try row["state"]
        code = try row["code"]
        detail = try row["detail"]
        endedAt = try row["ended_at"]
    }

    /// In their order.
    static func list(
        of job: InvoiceJobID, _ state: State?, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<InvoiceJobItem> {
        var condition: SQL = "batch_id = \(job)"
        if let state { condition = "\(condition) AND state = \(state)" }
        if let cursor = page.cursor {
            let last = try ListCursor(cursor)
            guard last.id == job.uuid, let position = Int32(last.key) else {
                throw Problem.invalid.with(errors: [FieldError("?cursor", "is not a cursor of this list")])
            }
            condition = "\(condition) AND position > \(position)"
        }
        let rows = try await tx.all(
            """
            SELECT \(columns) FROM invoice_batch_items
            WHERE \(condition)
            ORDER BY position
            LIMIT \(page.limit + 1)
            """, InvoiceJobItem.init(row:))
        return Page(fetched: rows, limit: page.limit) {
            ListCursor(key: "\($0.position)", id: job.uuid).text
        }
    }

    /// The next that waits; nil when none does.
    static func waiting(of job: InvoiceJobID, in tx: Transaction) async throws -> InvoiceJobItem? {
        try await tx.first(
            """
            SELECT \(columns) FROM invoice_batch_items
            WHERE batch_id = \(job) AND state = 'waiting'
            ORDER BY position
            LIMIT 1
            """, InvoiceJobItem.init(row:))
    }

    /// Whether it still waits, and does until the transaction ends: a worker that lost its lease may be at
    /// it.
    func isOurs(of job: InvoiceJobID, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            SELECT state FROM invoice_batch_items
            WHERE batch_id = \(job) AND position = \(Int32(position)) AND state = 'waiting'
            FOR UPDATE
            """
        ) { try $0["state"] as String } != nil
    }

    /// How it ended. Does nothing to one that has ended already.
    func end(of job: InvoiceJobID, _ problem: Problem?, in tx: Transaction, at now: Instant) async throws {
        let state: State = problem == nil ? .done : .failed
        try await tx.run(
            """
            UPDATE invoice_batch_items
            SET state = \(state), code = \(problem?.code), detail = \(problem?.detail), ended_at = \(now)
            WHERE batch_id = \(job) AND position = \(Int32(position)) AND state = 'waiting'
            """)
    }
}
