-- A billing run moves each schedule it bills, and no index of its table helps it but the key and the due days. Items
-- never move: customers and subscriptions find their schedules through them.
CREATE INDEX subscription_items_customer_idx ON subscription_items (tenant_id, customer_id, id);
DROP INDEX item_schedules_customer_idx;
DROP INDEX item_schedules_subscription_idx;

-- What a term refers to, checked once for a statement instead of once for a row and reference: a run writes thousands
-- of terms, and PostgreSQL's own check also locks, and so rewrites, each row it finds. It needs no lock here: nobody may
-- delete a schedule, and the lines of an issued invoice are frozen.
ALTER TABLE billed_terms DROP CONSTRAINT billed_terms_tenant_id_item_id_schedule_no_fkey;
ALTER TABLE billed_terms DROP CONSTRAINT billed_terms_tenant_id_invoice_id_line_no_fkey;

CREATE FUNCTION mpanel_refuse_stray_terms() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Look-ups by key, as in mpanel_refuse_surplus_lines, and for the same reason.
    IF EXISTS (
        SELECT FROM added
        WHERE (
                SELECT true FROM item_schedules AS d
                WHERE d.tenant_id = added.tenant_id AND d.item_id = added.item_id AND d.schedule_no = added.schedule_no
            ) IS NULL
            OR (
                SELECT true FROM invoice_lines AS l
                WHERE l.tenant_id = added.tenant_id AND l.invoice_id = added.invoice_id AND l.line_no = added.line_no
            ) IS NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'billed_terms_stand_on_lines',
            TABLE = 'billed_terms', MESSAGE = 'a billed term needs its schedule and its line';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER billed_terms_stand_on_lines AFTER INSERT ON billed_terms
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_refuse_stray_terms();

-- The same for invoices: their customers, whom nobody may delete, and their lines, which a run writes before the
-- invoices, because the invoices take the numbers last. An issued invoice has exactly the lines that it counts.
ALTER TABLE invoices DROP CONSTRAINT invoices_customer_fkey;
ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_invoice_fkey;

CREATE FUNCTION mpanel_refuse_incomplete_invoices() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added
        WHERE (
            SELECT true FROM customers AS c WHERE c.tenant_id = added.tenant_id AND c.id = added.customer_id
        ) IS NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoices_customer_fkey',
            TABLE = 'invoices', MESSAGE = 'an invoice needs its customer';
    END IF;
    IF EXISTS (
        SELECT FROM added
        WHERE added.state <> 'draft' AND added.line_count <> (
            SELECT count(*) FROM invoice_lines AS l
            WHERE l.tenant_id = added.tenant_id AND l.invoice_id = added.id))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoices_have_their_lines',
            TABLE = 'invoices', MESSAGE = 'an issued invoice has exactly the lines that it counts';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER new_invoices_are_complete AFTER INSERT ON invoices
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_refuse_incomplete_invoices();
CREATE TRIGGER changed_invoices_are_complete AFTER UPDATE ON invoices
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_refuse_incomplete_invoices();

CREATE FUNCTION mpanel_refuse_orphaned_lines() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM removed
        WHERE (
            SELECT count(*) FROM invoice_lines AS l
            WHERE l.tenant_id = removed.tenant_id AND l.invoice_id = removed.id) > 0)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoices_have_their_lines',
            TABLE = 'invoices', MESSAGE = 'a draft is deleted with its lines';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER deleted_invoices_leave_no_lines AFTER DELETE ON invoices
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_refuse_orphaned_lines();
