-- Subscriptions that change: what an item is, how many of it, and from when to when, is its schedules' business. A change
-- closes a schedule and opens the next; none is ever opened again, so that a term of a schedule is billed once.
ALTER TABLE item_schedules
    ADD COLUMN quantity_micros bigint CHECK (quantity_micros > 0),
    ADD COLUMN starts_on date,
    -- The first day that it no longer bills. Other than a subscription's cancel_on, it may cut a term.
    ADD COLUMN ends_on date,
    -- Whether the set-up fee is charged with its first term.
    ADD COLUMN charges_set_up boolean;
-- Forced row-level security would hide the rows from their owner, too.
ALTER TABLE item_schedules NO FORCE ROW LEVEL SECURITY;
ALTER TABLE subscription_items NO FORCE ROW LEVEL SECURITY;
UPDATE item_schedules AS d
SET quantity_micros = i.quantity_micros, starts_on = d.anchor, charges_set_up = d.first_term = 0
FROM subscription_items AS i
WHERE i.tenant_id = d.tenant_id AND i.id = d.item_id;
ALTER TABLE subscription_items FORCE ROW LEVEL SECURITY;
ALTER TABLE item_schedules FORCE ROW LEVEL SECURITY;
ALTER TABLE item_schedules
    ALTER COLUMN quantity_micros SET NOT NULL,
    ALTER COLUMN starts_on SET NOT NULL,
    ALTER COLUMN charges_set_up SET NOT NULL,
    -- Equal days: a change that was undone before it began.
    ADD CHECK (ends_on >= starts_on),
    ADD CHECK (starts_on >= anchor);
GRANT UPDATE (ends_on) ON item_schedules TO mpanel_app;
-- What a price sells, the price knows.
ALTER TABLE subscription_items DROP COLUMN quantity_micros, DROP COLUMN product_id;

-- An item that was taken out of its subscription, from this day on: nothing brings it back but a change.
ALTER TABLE subscription_items ADD COLUMN removed_on date;

-- What was decided at its suspension about billing meanwhile and afterwards; NULL: what the policies say when it is
-- resumed.
ALTER TABLE subscriptions
    ADD COLUMN suspended_on date,
    ADD COLUMN suspension_billing text CHECK (suspension_billing IN ('skip', 'bill_on', 'bill_missed')),
    ADD CHECK (state = 'suspended' OR (suspended_on IS NULL AND suspension_billing IS NULL));

-- Days of a billed term that were given back, on a line of a credit note, or on none where nothing had been charged.
CREATE TABLE credited_terms (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    schedule_no integer NOT NULL,
    term_no integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on > starts_on),
    customer_id uuid NOT NULL,
    -- The line that billed the days.
    invoice_id uuid NOT NULL,
    line_no integer NOT NULL,
    credit_note_id uuid,
    credit_note_line_no integer,
    PRIMARY KEY (tenant_id, item_id, schedule_no, term_no, invoice_id, starts_on),
    CHECK ((credit_note_id IS NULL) = (credit_note_line_no IS NULL)),
    FOREIGN KEY (tenant_id, item_id, schedule_no) REFERENCES item_schedules,
    FOREIGN KEY (tenant_id, invoice_id, line_no) REFERENCES invoice_lines
);
CALL mpanel_protect('credited_terms', 'SELECT, INSERT', 'customer_id');

-- What was made of a subscription, when and why, and what came of it: the documents as they were issued.
CREATE TABLE subscription_changes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    kind text NOT NULL
        CHECK (kind IN ('change', 'withdrawal', 'cancellation', 'suspension', 'resumption')),
    made_on date NOT NULL,
    reason text,
    settlement json NOT NULL,
    recorded_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions
);
CREATE INDEX subscription_changes_subscription_idx ON subscription_changes (tenant_id, subscription_id, id);
ALTER TABLE subscription_changes ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('subscription_changes', 'SELECT, INSERT', 'customer_id');

CREATE OR REPLACE FUNCTION mpanel_policies_hold(policies jsonb, level text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT COALESCE(bool_and(
        CASE name
            WHEN 'invoice_days_before_due' THEN mpanel_is_whole(value, 0, 90)
            WHEN 'payment_terms_days' THEN level <> 'subscription' AND mpanel_is_whole(value, 0, 365)
            WHEN 'tax_rounding' THEN level <> 'subscription' AND value IN ('"line"', '"invoice"')
            WHEN 'billing_day' THEN level <> 'subscription' AND mpanel_is_whole(value, 0, 31)
            WHEN 'proration_unit' THEN value IN ('"day"', '"second"', '"fixed_30"')
            WHEN 'proration_rounding' THEN value IN ('"half_up"', '"half_even"', '"down"')
            WHEN 'change_day' THEN value IN ('"following"', '"preceding"')
            WHEN 'suspension_billing' THEN value IN ('"skip"', '"bill_on"', '"bill_missed"')
            ELSE false
        END), true)
    FROM jsonb_each(policies) AS policy (name, value)
$$;
