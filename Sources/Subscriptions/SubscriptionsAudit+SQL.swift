import Kernel
import Postgres

/// Whether what was billed tiles the time line of every item: no term missing, none twice, each where the
/// calendar puts it. PostgreSQL's own calendar recomputes the days.
enum SubscriptionsAudit {
    static func findings(in tx: Transaction) async throws -> [AuditFinding] {
        let checks: [(String, SQL)] = [
            ("term_gap", termGaps), ("term_days", termDays), ("term_coverage", termCoverage),
            ("schedule_overlap", scheduleOverlaps), ("term_credit", termCredits),
            ("term_invoice", termInvoices), ("line_without_term", linesWithoutTerm),
            ("schedule_position", schedulePositions), ("schedule_timing", scheduleTimings),
            ("paid_once", paidOnce),
            ("billable_state", billableStates),
            ("quarantine", quarantined),
            ("invoice_days", invoiceDays), ("billed_after_removal", billedAfterRemoval),
        ]
        var findings: [AuditFinding] = []
        for (check, sql) in checks {
            findings += try await tx.all("\(sql) LIMIT 100") { row in
                AuditFinding(check: check, object: try row["object"], detail: try row["detail"])
            }
        }
        return findings
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

    /// A part that was billed up to the end of its schedule may lie behind an earlier end that was decided
    /// later: what is behind it is given back, which `term_coverage` sees.
    private static let termDays: SQL =
        """
        SELECT d.item_id::text AS object,
            format('term %s was billed from %s to %s', b.term_no, b.starts_on, b.ends_on) AS detail
        FROM billed_terms AS b
        JOIN item_schedules AS d USING (tenant_id, item_id, schedule_no)
        WHERE b.starts_on <> GREATEST(\(ItemSchedule.start(of: "b.term_no")), d.starts_on)
            OR b.ends_on NOT BETWEEN LEAST(\(ItemSchedule.start(of: "(b.term_no + 1)")), d.ends_on)
                AND \(ItemSchedule.start(of: "(b.term_no + 1)"))
        """

    /// The days that are billed and not given back are exactly those from a schedule's first term to its
    /// next, within its days: none is missing, none is billed twice, and none behind its end.
    private static let termCoverage: SQL =
        """
        SELECT d.item_id::text AS object,
            format('schedule %s is to be billed for %s; it is for %s, less %s', d.schedule_no, life.days,
                COALESCE(billed.days, '{}'), COALESCE(credited.days, '{}')) AS detail
        FROM item_schedules AS d
        CROSS JOIN LATERAL (
            SELECT GREATEST(\(ItemSchedule.start(of: "d.first_term")), d.starts_on) AS lower,
                LEAST(\(ItemSchedule.start(of: "d.next_term")), d.ends_on) AS upper
        ) AS span
        CROSS JOIN LATERAL (
            SELECT CASE WHEN span.lower < span.upper
                THEN datemultirange(daterange(span.lower, span.upper)) ELSE '{}' END AS days,
                GREATEST(span.upper - span.lower, 0) AS number
        ) AS life
        CROSS JOIN LATERAL (
            SELECT range_agg(daterange(b.starts_on, b.ends_on)) AS days,
                COALESCE(sum(b.ends_on - b.starts_on), 0) AS number
            FROM billed_terms AS b
            WHERE b.tenant_id = d.tenant_id AND b.item_id = d.item_id AND b.schedule_no = d.schedule_no
                AND b.kind = 'recurring' AND b.released_by = \(BilledTerm.notReleased)
        ) AS billed
        CROSS JOIN LATERAL (
            SELECT range_agg(daterange(c.starts_on, c.ends_on)) AS days,
                COALESCE(sum(c.ends_on - c.starts_on), 0) AS number
            FROM credited_terms AS c
            WHERE c.tenant_id = d.tenant_id AND c.item_id = d.item_id AND c.schedule_no = d.schedule_no
        ) AS credited
        WHERE NOT d.has_gaps
            AND (COALESCE(billed.days, '{}') - COALESCE(credited.days, '{}') <> life.days
                OR billed.number - credited.number <> life.number)
        """

    private static let scheduleOverlaps: SQL =
        """
        SELECT d.item_id::text AS object,
            format('schedules %s and %s both hold on %s', d.schedule_no, o.schedule_no, o.starts_on) AS detail
        FROM item_schedules AS d
        JOIN item_schedules AS o ON o.tenant_id = d.tenant_id AND o.item_id = d.item_id
            AND o.schedule_no > d.schedule_no
        WHERE daterange(d.starts_on, d.ends_on) && daterange(o.starts_on, o.ends_on)
        """

    /// Days are given back by a line of a credit note on the line that billed them.
    private static let termCredits: SQL =
        """
        SELECT c.item_id::text AS object,
            format('days from %s are given back on credit note %s, which takes back line %s of %s',
                c.starts_on, c.credit_note_id, l.invoice_line_no, n.invoice_id) AS detail
        FROM credited_terms AS c
        LEFT JOIN credit_notes AS n ON n.tenant_id = c.tenant_id AND n.id = c.credit_note_id
        LEFT JOIN credit_note_lines AS l ON l.tenant_id = c.tenant_id AND l.credit_note_id = c.credit_note_id
            AND l.line_no = c.credit_note_line_no
        WHERE c.credit_note_id IS NOT NULL
            AND (n.invoice_id, l.invoice_line_no) IS DISTINCT FROM (c.invoice_id, c.line_no)
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

    /// What starts on or behind the day of an item's removal is not billed, or was given back.
    private static let billedAfterRemoval: SQL =
        """
        SELECT b.item_id::text AS object,
            format('term %s from %s is billed; the item was removed on %s', b.term_no, b.starts_on,
                i.removed_on) AS detail
        FROM subscription_items AS i
        JOIN billed_terms AS b ON b.tenant_id = i.tenant_id AND b.item_id = i.id
        WHERE b.starts_on >= i.removed_on AND b.kind = 'recurring'
            AND b.released_by = \(BilledTerm.notReleased)
            AND NOT EXISTS (
                SELECT FROM credited_terms AS c
                WHERE c.tenant_id = b.tenant_id AND c.item_id = b.item_id AND c.schedule_no = b.schedule_no
                    AND c.term_no = b.term_no AND c.invoice_id = b.invoice_id)
        """

    private static let schedulePositions: SQL =
        """
        SELECT d.item_id::text AS object,
            format('the next term is %s, due on %s', d.next_term, COALESCE(d.next_due_on::text, 'no day'))
                AS detail
        FROM item_schedules AS d
        JOIN subscriptions AS s ON s.tenant_id = d.tenant_id AND s.id = d.subscription_id
        WHERE d.next_due_on IS DISTINCT FROM
            CASE WHEN LEAST(s.cancel_on, s.renewed_until, d.ends_on) <= \(ItemSchedule.nextStart) THEN NULL
                WHEN d.in_arrears
                    THEN LEAST(\(ItemSchedule.start(of: "(d.next_term + 1)")), d.ends_on)
                ELSE \(ItemSchedule.nextStart) END
        """

    /// What is paid once is billed for one day.
    private static let paidOnce: SQL =
        """
        SELECT d.item_id::text AS object,
            format('schedule %s is paid once and lasts from %s to %s', d.schedule_no, d.starts_on,
                COALESCE(d.ends_on::text, 'no day')) AS detail
        FROM item_schedules AS d
        JOIN prices AS p ON p.tenant_id = d.tenant_id AND p.id = d.price_id
        WHERE p.interval_unit IS NULL AND ((d.interval_unit, d.interval_count) <> ('day', 1)
            OR d.starts_on <> d.anchor OR d.first_term <> 0 OR COALESCE(d.ends_on > d.starts_on + 1, true))
        """

    /// A schedule is billed when its price says.
    private static let scheduleTimings: SQL =
        """
        SELECT d.item_id::text AS object,
            format('schedule %s is%s in arrears; its price is billed %s', d.schedule_no,
                CASE WHEN d.in_arrears THEN '' ELSE ' not' END, p.billed) AS detail
        FROM item_schedules AS d
        JOIN prices AS p ON p.tenant_id = d.tenant_id AND p.id = d.price_id
        WHERE d.in_arrears <> (p.billed = 'in_arrears')
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
        WHERE d.is_billable <> (q.id IS NULL AND (s.state = 'active'
            OR (s.state = 'suspended' AND COALESCE(s.suspension_billing = 'bill_on', false))))
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
