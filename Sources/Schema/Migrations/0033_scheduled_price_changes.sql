-- A price that is to be another from a day on: until then the next version waits, and then it takes its place.
ALTER TABLE prices
    DROP CONSTRAINT prices_state_check,
    ADD CONSTRAINT prices_state_check CHECK (state IN ('current', 'scheduled', 'replaced', 'archived'));

CREATE TABLE scheduled_price_changes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    price_id uuid NOT NULL,
    next_price_id uuid NOT NULL,
    effective_on date NOT NULL,
    -- Whether what was sold at the price follows, from its first term behind that day on.
    existing_subscriptions text NOT NULL CHECK (existing_subscriptions IN ('follow', 'keep')),
    state text NOT NULL CHECK (state IN ('scheduled', 'in_effect', 'withdrawn')),
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, price_id) REFERENCES prices,
    FOREIGN KEY (tenant_id, next_price_id) REFERENCES prices
);
CREATE UNIQUE INDEX scheduled_price_changes_price_key ON scheduled_price_changes (tenant_id, price_id)
    WHERE state <> 'withdrawn';
CREATE INDEX scheduled_price_changes_due_idx ON scheduled_price_changes (tenant_id, effective_on)
    WHERE state = 'scheduled';
CREATE INDEX scheduled_price_changes_list_idx ON scheduled_price_changes (tenant_id, price_id, id);
CALL mpanel_protect('scheduled_price_changes', 'SELECT, INSERT, UPDATE (state, version)');

-- A schedule that goes on where another of its item ended, at what the other's price was changed to: no change of the
-- subscription, which nobody withdraws.
ALTER TABLE item_schedules ADD COLUMN follows_price boolean NOT NULL DEFAULT false;

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
            WHEN 'renewal_offer_days' THEN mpanel_is_whole(value, 0, 365)
            WHEN 'renewal_grace_days' THEN mpanel_is_whole(value, 0, 365)
            WHEN 'price_changes' THEN value IN ('"follow"', '"keep"')
            ELSE false
        END), true)
    FROM jsonb_each(policies) AS policy (name, value)
$$;
