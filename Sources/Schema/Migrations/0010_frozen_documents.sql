-- An issued invoice is evidence: the database itself refuses every change of it but the columns named here.
CREATE FUNCTION mpanel_freeze_invoice() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    allowed invoices;
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        allowed := OLD;
        allowed.state := NEW.state;
        allowed.version := NEW.version;
        allowed.settled_minor := NEW.settled_minor;
        allowed.document_id := NEW.document_id;
        -- A json column has no equality, so rows are compared as text.
        IF NEW.state <> 'draft' AND allowed::text = NEW::text THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issued_invoices_are_frozen',
        MESSAGE = 'an issued invoice is frozen: void it and issue another';
END
$$;
CREATE TRIGGER issued_invoices_are_frozen BEFORE UPDATE OR DELETE ON invoices
    FOR EACH ROW EXECUTE FUNCTION mpanel_freeze_invoice();

CREATE FUNCTION mpanel_freeze_invoice_line() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM invoices
        WHERE tenant_id = OLD.tenant_id AND id = OLD.invoice_id AND state <> 'draft')
    THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issued_invoices_are_frozen',
            MESSAGE = 'a line of an issued invoice is frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER issued_lines_are_frozen BEFORE UPDATE OR DELETE ON invoice_lines
    FOR EACH ROW EXECUTE FUNCTION mpanel_freeze_invoice_line();

-- An issued invoice says how many lines it has, and they all exist; a line more would have a higher number. One check
-- a statement, so that a run which writes thousands of lines at once pays for it once.
CREATE FUNCTION mpanel_refuse_surplus_lines() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A look-up by key for each line, not a join: the planner, which knows nothing of how many lines were added, would
    -- now and then rather read all invoices for each of them.
    IF EXISTS (
        SELECT FROM added
        WHERE (
            SELECT invoices.state <> 'draft' AND added.line_no > invoices.line_count
            FROM invoices
            WHERE invoices.tenant_id = added.tenant_id AND invoices.id = added.invoice_id))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issued_invoices_are_frozen',
            MESSAGE = 'an issued invoice takes no more lines';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER issued_invoices_take_no_lines AFTER INSERT ON invoice_lines
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_refuse_surplus_lines();
