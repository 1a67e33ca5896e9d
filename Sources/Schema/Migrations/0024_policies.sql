-- Policies: what a company, a group of customers, a customer and a subscription may each decide for itself. What is set
-- stands with the object for which it is set; what is not set there comes from the level above.

CREATE FUNCTION mpanel_is_whole(value jsonb, lowest integer, highest integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'number'
        THEN scale(value::numeric) = 0 AND value::numeric BETWEEN lowest AND highest
        ELSE false
    END
$$;

-- Whether all that is set may be set at this level, with this value. A policy that is added gets its line here, by a
-- migration that replaces the function; a contract test compares it with what the code declares.
CREATE FUNCTION mpanel_policies_hold(policies jsonb, level text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT COALESCE(bool_and(
        CASE name
            WHEN 'invoice_days_before_due' THEN mpanel_is_whole(value, 0, 90)
            WHEN 'payment_terms_days' THEN level <> 'subscription' AND mpanel_is_whole(value, 0, 365)
            WHEN 'tax_rounding' THEN level <> 'subscription' AND value IN ('"line"', '"invoice"')
            ELSE false
        END), true)
    FROM jsonb_each(policies) AS policy (name, value)
$$;

CREATE TABLE customer_groups (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL,
    -- The empty object first, here and below: most rows have it, and it needs no call.
    policies jsonb NOT NULL DEFAULT '{}' CHECK (policies = '{}' OR mpanel_policies_hold(policies, 'customer_group')),
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT customer_groups_name_key UNIQUE (tenant_id, name)
);
ALTER TABLE customer_groups ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('customer_groups', 'SELECT, INSERT, UPDATE (name, policies, version), DELETE');

ALTER TABLE customers
    ADD COLUMN customer_group_id uuid,
    ADD COLUMN policies jsonb NOT NULL DEFAULT '{}'
        CHECK (policies = '{}' OR mpanel_policies_hold(policies, 'customer')),
    ADD CONSTRAINT customers_group_fkey FOREIGN KEY (tenant_id, customer_group_id) REFERENCES customer_groups;
-- Partial, so that nothing but the search for a group's customers ever takes it for its own.
CREATE INDEX customers_group_idx ON customers (tenant_id, customer_group_id, id) WHERE customer_group_id IS NOT NULL;

ALTER TABLE subscriptions
    ADD COLUMN policies jsonb NOT NULL DEFAULT '{}'
        CHECK (policies = '{}' OR mpanel_policies_hold(policies, 'subscription'));

-- The company's settings of three policies move to where the others have theirs. Nothing was released with the columns.
ALTER TABLE tenant_settings
    ADD COLUMN policies jsonb NOT NULL DEFAULT '{}' CHECK (policies = '{}' OR mpanel_policies_hold(policies, 'tenant'));
-- Forced row-level security would hide the rows from their owner, too.
ALTER TABLE tenant_settings NO FORCE ROW LEVEL SECURITY;
UPDATE tenant_settings
SET policies = jsonb_build_object(
    'tax_rounding', tax_rounding, 'invoice_days_before_due', invoice_days_before_due,
    'payment_terms_days', payment_terms_days);
ALTER TABLE tenant_settings FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_settings
    DROP COLUMN tax_rounding, DROP COLUMN invoice_days_before_due, DROP COLUMN payment_terms_days;

-- A billing run selects by day, so what decides the day must stand in an index. A schedule keeps how many days before
-- due it is invoiced where its subscription, its customer or the customer's group say so, and the day that follows;
-- NULL where the company's setting counts, which one number of the run then decides for all of them.
ALTER TABLE item_schedules
    ADD COLUMN invoice_days_before_due integer,
    ADD COLUMN invoice_on date;
GRANT UPDATE (invoice_days_before_due) ON item_schedules TO mpanel_app;
DROP INDEX item_schedules_due_idx;
CREATE INDEX item_schedules_due_idx ON item_schedules (tenant_id, next_due_on, item_id, schedule_no)
    WHERE is_billable AND next_due_on IS NOT NULL AND invoice_days_before_due IS NULL;
CREATE INDEX item_schedules_invoice_idx ON item_schedules (tenant_id, invoice_on, item_id, schedule_no)
    WHERE is_billable AND invoice_on IS NOT NULL;

CREATE FUNCTION mpanel_set_invoice_on() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.invoice_on := NEW.next_due_on - NEW.invoice_days_before_due;
    RETURN NEW;
END
$$;
-- For those that differ only: a billing run moves all the others without a call.
CREATE TRIGGER item_schedules_invoice_on BEFORE INSERT OR UPDATE ON item_schedules
    FOR EACH ROW
    WHEN (NEW.invoice_days_before_due IS NOT NULL OR NEW.invoice_on IS NOT NULL)
    EXECUTE FUNCTION mpanel_set_invoice_on();

-- Triggers keep that number, too, so that no writer of policies, groups or schedules can forget it. Billing runs hold a
-- customer from reading what is due to writing what was billed: who changes a policy has the customers first.
-- Not in SQL, whose functions are planned anew with every call.
CREATE FUNCTION mpanel_set_invoice_days(of_tenant uuid, of_customers uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE item_schedules AS d
    SET invoice_days_before_due = found.days
    FROM (
        SELECT i.id AS item_id,
            COALESCE(s.policies ->> 'invoice_days_before_due', c.policies ->> 'invoice_days_before_due',
                g.policies ->> 'invoice_days_before_due')::integer AS days
        FROM customers AS c
        LEFT JOIN customer_groups AS g ON g.tenant_id = c.tenant_id AND g.id = c.customer_group_id
        JOIN subscription_items AS i ON i.tenant_id = c.tenant_id AND i.customer_id = c.id
        JOIN subscriptions AS s ON s.tenant_id = i.tenant_id AND s.id = i.subscription_id
        WHERE c.tenant_id = of_tenant AND c.id = ANY (of_customers)
    ) AS found
    WHERE d.tenant_id = of_tenant AND d.item_id = found.item_id
        AND d.invoice_days_before_due IS DISTINCT FROM found.days;
END
$$;

CREATE FUNCTION mpanel_follow_customer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Whoever changes the new group's policies meanwhile does not see this customer among its members yet.
    IF NEW.customer_group_id IS DISTINCT FROM OLD.customer_group_id THEN
        PERFORM 1 FROM customer_groups
            WHERE tenant_id = NEW.tenant_id AND id = NEW.customer_group_id
            FOR SHARE;
    END IF;
    PERFORM mpanel_set_invoice_days(NEW.tenant_id, ARRAY[NEW.id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_invoice_days AFTER UPDATE ON customers
    FOR EACH ROW
    WHEN (OLD.customer_group_id IS DISTINCT FROM NEW.customer_group_id
        OR OLD.policies -> 'invoice_days_before_due' IS DISTINCT FROM NEW.policies -> 'invoice_days_before_due')
    EXECUTE FUNCTION mpanel_follow_customer();

CREATE FUNCTION mpanel_follow_subscription() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM mpanel_set_invoice_days(NEW.tenant_id, ARRAY[NEW.customer_id]);
    RETURN NULL;
END
$$;
CREATE TRIGGER subscriptions_invoice_days AFTER UPDATE ON subscriptions
    FOR EACH ROW
    WHEN (OLD.policies -> 'invoice_days_before_due' IS DISTINCT FROM NEW.policies -> 'invoice_days_before_due')
    EXECUTE FUNCTION mpanel_follow_subscription();

CREATE FUNCTION mpanel_follow_customer_group() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    members uuid[] := ARRAY(
        SELECT id FROM customers
        WHERE tenant_id = NEW.tenant_id AND customer_group_id = NEW.id
        ORDER BY id
        FOR NO KEY UPDATE);
BEGIN
    PERFORM mpanel_set_invoice_days(NEW.tenant_id, members);
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_groups_invoice_days AFTER UPDATE ON customer_groups
    FOR EACH ROW
    WHEN (OLD.policies -> 'invoice_days_before_due' IS DISTINCT FROM NEW.policies -> 'invoice_days_before_due')
    EXECUTE FUNCTION mpanel_follow_customer_group();

CREATE FUNCTION mpanel_follow_schedules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    -- Row-level security lets one statement insert for one tenant only.
    of_tenant uuid := (SELECT tenant_id FROM added LIMIT 1);
    owners uuid[] := ARRAY(SELECT DISTINCT customer_id FROM added);
    parents uuid[] := ARRAY(SELECT DISTINCT subscription_id FROM added);
BEGIN
    -- Whoever changes a policy meanwhile does not see these schedules yet. Arrays, because look-ups by key must stay
    -- that: the plan is kept from the first call, when the tables may have been empty.
    PERFORM 1 FROM customers
        WHERE tenant_id = of_tenant AND id = ANY (owners)
        ORDER BY id
        FOR SHARE;
    IF EXISTS (
            SELECT FROM customers AS c
            LEFT JOIN customer_groups AS g ON g.tenant_id = c.tenant_id AND g.id = c.customer_group_id
            WHERE c.tenant_id = of_tenant AND c.id = ANY (owners)
                AND COALESCE(c.policies -> 'invoice_days_before_due', g.policies -> 'invoice_days_before_due')
                    IS NOT NULL)
        OR EXISTS (
            SELECT FROM subscriptions
            WHERE tenant_id = of_tenant AND id = ANY (parents) AND policies -> 'invoice_days_before_due' IS NOT NULL)
    THEN
        PERFORM mpanel_set_invoice_days(of_tenant, owners);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER new_schedules_invoice_days AFTER INSERT ON item_schedules
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mpanel_follow_schedules();
