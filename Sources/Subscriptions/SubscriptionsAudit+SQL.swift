import Kernel
import Postgres

/// Whether what was billed tiles the time line of every item: no term missing, none twice, each where the
/// calendar puts it. PostgreSQL's own calendar recomputes the days.
enum SubscriptionsAudit {
    static func findings(in tx: Transaction) async throws -> [AuditFinding] {
        let checks: [(String, SQL)] = [
            ("term_gap", termGaps), ("term_days", termDays), ("term_invoice", termInvoices),
            ("line_without_term", linesWithoutTerm), ("schedule_position", schedulePositions),
            ("billable_state", billableStates), ("quarantine", quarantined),
            ("invoice_days", invoiceDays),
        ]
        var findings: [AuditFinding] = []
        for (check, sql) in checks {
            findings += try await tx.all("\(sql) LIMIT 100") { row in
                AuditFinding(check: check, object: try row["object"], detail: try row["detail"])
            }
        }
        return findings
    }

    /// The day on which a term of schedule `d` starts.
    private static func start(of term: SQL) -> SQL {
        """
        (d.anchor + \(term) * CASE d.interval_unit
            WHEN 'day' THEN make_interval(days => d.interval_count)
            WHEN 'week' THEN make_interval(weeks => d.interval_count)
            WHEN 'month' THEN make_interval(months => d.interval_count)
            ELSE make_interval(years => d.interval_count) END)::date
        """
    }

    /// Terms before `next_term` are billed, each once; later ones only beside a gap that a void left.
    private static let termGaps: SQL =
        """
        SELECT d.item_id::text AS object,
            format('terms %s to %s should be billed; %s are', d.first_term, d.next_term - 1,
                count(b.term_no) FILTER (WHERE b.term_no < d.next_term)) AS detail
        FROM item_schedules AS d
        LEFT JOIN billed_terms AS b ON b.tenant_id = d.tenant_id AND b.item_id = d.item_id
            AND b.schedule_no = d.schedule_no AND b.kind = 'recurring'
                AND b.released_by = \(BilledTerm.notReleased)
        GROUP BY d.tenant_id, d.item_id, d.schedule_no
        HAVING count(b.term_no) FILTER (WHERE b.term_no < d.next_term) <> d.next_term - d.first_term
            OR count(b.term_no) FILTER (WHERE b.term_no = d.next_term) > 0
            OR (NOT d.has_gaps AND count(b.term_no) FILTER (WHERE b.term_no > d.next_term) > 0)
            OR count(b.term_no) FILTER (WHERE b.term_no < d.first_term) > 0
        """

    private static let termDays: SQL =
        """
        SELECT d.item_id::text AS object,
            format('term %s was billed from %s to %s', b.term_no, b.starts_on, b.ends_on) AS detail
        FROM billed_terms AS b
        JOIN item_schedules AS d USING (tenant_id, item_id, schedule_no)
        WHERE b.starts_on <> \(start(of: "b.term_no")) OR b.ends_on <> \(start(of: "(b.term_no + 1)"))
        """

    /// A term stands on an issued invoice that is not void, or is released.
    private static let termInvoices: SQL =
        """
        SELECT b.item_id::text AS object,
            format('term %s stands on invoice %s, which is %s', b.term_no, b.invoice_id, COALESCE(i.state,
                'missing'))
                AS detail
        FROM billed_terms AS b
        LEFT JOIN invoices AS i ON i.tenant_id = b.tenant_id AND i.id = b.invoice_id
        WHERE (b.released_by = \(BilledTerm.notReleased)) <> COALESCE(i.state IN ('open', 'paid',
            'uncollectible'), false)
        """

    private static let linesWithoutTerm: SQL =
        """
        SELECT l.invoice_id::text AS object, format('line %s was billed for %s', l.line_no, l.source)
            AS detail
        FROM invoice_lines AS l
        WHERE l.source LIKE 'sit\\_%' AND NOT EXISTS (
            SELECT FROM billed_terms AS b
            WHERE b.tenant_id = l.tenant_id AND b.invoice_id = l.invoice_id AND b.line_no = l.line_no)
        """

    private static let schedulePositions: SQL =
        """
        SELECT d.item_id::text AS object,
            format('the next term is %s, due on %s', d.next_term, COALESCE(d.next_due_on::text, 'no day'))
                AS detail
        FROM item_schedules AS d
        JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        WHERE d.next_due_on IS DISTINCT FROM
            CASE WHEN s.cancel_on <= \(start(of: "d.next_term")) THEN NULL
                ELSE \(start(of: "d.next_term")) END
        """

    /// What the triggers keep with a schedule is what the nearest level below the company's says.
    private static let invoiceDays: SQL =
        """
        SELECT d.item_id::text AS object,
            format('it is invoiced %s days before due; its policies say %s',
                COALESCE(d.invoice_days_before_due::text, 'the company''s'),
                COALESCE(p.days, 'the company''s')) AS detail
        FROM item_schedules AS d
        JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        JOIN customers AS c ON c.tenant_id = d.tenant_id AND c.id = d.customer_id
        LEFT JOIN customer_groups AS g ON g.tenant_id = c.tenant_id AND g.id = c.customer_group_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(s.policies ->> 'invoice_days_before_due',
                c.policies ->> 'invoice_days_before_due', g.policies ->> 'invoice_days_before_due') AS days
        ) AS p
        WHERE d.invoice_days_before_due::text IS DISTINCT FROM p.days
        """

    private static let billableStates: SQL =
        """
        SELECT d.item_id::text AS object,
            format('the subscription is %s, the item %s in quarantine', s.state,
                CASE WHEN q.id IS NULL THEN 'not' ELSE 'is' END) AS detail
        FROM item_schedules AS d
        JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        LEFT JOIN quarantined_items AS q ON q.tenant_id = d.tenant_id AND q.item_id = d.item_id
        WHERE d.is_billable <> (s.state = 'active' AND q.id IS NULL)
        """

    /// What is in quarantine is an item with schedules, of which none can be billed.
    private static let quarantined: SQL =
        """
        SELECT q.id::text AS object,
            CASE WHEN d.item_id IS NULL THEN 'its item has no schedule'
                WHEN d.is_billable THEN format('schedule %s of its item can be billed', d.schedule_no)
                ELSE 'it names another customer or subscription than its item' END AS detail
        FROM quarantined_items AS q
        LEFT JOIN item_schedules AS d ON d.tenant_id = q.tenant_id AND d.item_id = q.item_id
        WHERE d.item_id IS NULL OR d.is_billable
            OR (d.customer_id, d.subscription_id) <> (q.customer_id, q.subscription_id)
        """
}
