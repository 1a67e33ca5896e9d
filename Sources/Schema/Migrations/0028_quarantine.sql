-- Items that a billing run could not bill, or would not: what it was given, and why. While an item is here, runs leave it
-- alone; a person mends the cause and has it billed again, or lets the next run try.
CREATE TABLE quarantined_items (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    reason text NOT NULL
        CHECK (reason IN ('overflow', 'calendar_ends', 'unreadable_schedule', 'refused', 'too_many_lines')),
    detail text NOT NULL,
    inputs jsonb NOT NULL,
    -- The tenant's day, and the real moment.
    quarantined_on date NOT NULL,
    quarantined_at timestamptz NOT NULL,
    -- How often it could not be billed: by the run that brought it here, and by replays since.
    attempts integer NOT NULL CHECK (attempts > 0),
    CONSTRAINT quarantined_items_id_key UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, item_id) REFERENCES subscription_items
);
CREATE INDEX quarantined_items_customer_idx ON quarantined_items (tenant_id, customer_id, id);
CREATE INDEX quarantined_items_reason_idx ON quarantined_items (tenant_id, reason, id);
ALTER TABLE quarantined_items ADD PRIMARY KEY (tenant_id, item_id);
CALL mpanel_protect(
    'quarantined_items', 'SELECT, INSERT, UPDATE (reason, detail, inputs, attempts), DELETE', 'customer_id');

-- From here on a schedule's `is_billable`, by which runs select, says: the subscription is billed, and the item is not in
-- quarantine. Triggers keep it, so that nobody who changes a subscription's state, or opens a schedule, can forget the
-- second half.
CREATE FUNCTION mpanel_keep_quarantined() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM quarantined_items WHERE tenant_id = NEW.tenant_id AND item_id = NEW.item_id) THEN
        NEW.is_billable := false;
    END IF;
    RETURN NEW;
END
$$;
-- A billing run moves schedules without setting this column, and makes no call here.
CREATE TRIGGER changed_schedules_keep_quarantined BEFORE UPDATE OF is_billable ON item_schedules
    FOR EACH ROW
    WHEN (NEW.is_billable AND NOT OLD.is_billable)
    EXECUTE FUNCTION mpanel_keep_quarantined();
-- An item's first schedule is made with the item, which is then in no quarantine.
CREATE TRIGGER new_schedules_keep_quarantined BEFORE INSERT ON item_schedules
    FOR EACH ROW
    WHEN (NEW.is_billable AND NEW.schedule_no > 1)
    EXECUTE FUNCTION mpanel_keep_quarantined();

-- Arrays, because look-ups by key must stay that, whatever the planner knows of the tables.
CREATE FUNCTION mpanel_enter_quarantine() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    -- Row-level security lets one statement write for one tenant only.
    of_tenant uuid := (SELECT tenant_id FROM added LIMIT 1);
    items uuid[] := ARRAY(SELECT item_id FROM added);
BEGIN
    UPDATE item_schedules SET is_billable = false
    WHERE tenant_id = of_tenant AND item_id = ANY (items) AND is_billable;
    RETURN NULL;
END
$$;
CREATE TRIGGER quarantined_items_enter AFTER INSERT ON quarantined_items
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_enter_quarantine();

CREATE FUNCTION mpanel_leave_quarantine() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    of_tenant uuid := (SELECT tenant_id FROM removed LIMIT 1);
    parents uuid[] := ARRAY(SELECT DISTINCT subscription_id FROM removed);
    active uuid[];
BEGIN
    -- Whoever ends the subscription meanwhile is waited for, or waits, and then sees these schedules.
    PERFORM 1 FROM subscriptions
        WHERE tenant_id = of_tenant AND id = ANY (parents)
        ORDER BY id
        FOR SHARE;
    active := ARRAY(
        SELECT r.item_id FROM removed AS r
        JOIN subscriptions AS s ON s.tenant_id = r.tenant_id AND s.id = r.subscription_id
        WHERE s.state = 'active' OR (s.state = 'suspended' AND s.suspension_billing = 'bill_on'));
    UPDATE item_schedules SET is_billable = true
    WHERE tenant_id = of_tenant AND item_id = ANY (active);
    RETURN NULL;
END
$$;
CREATE TRIGGER quarantined_items_leave AFTER DELETE ON quarantined_items
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_leave_quarantine();
