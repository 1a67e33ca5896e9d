-- A subscription that is renewed by hand is billed up to a day; whoever renews it moves the day.
ALTER TABLE subscriptions
    ADD COLUMN renewal text NOT NULL DEFAULT 'automatic' CHECK (renewal IN ('automatic', 'manual')),
    -- No term that starts on or after it is billed before somebody renews.
    ADD COLUMN renewed_until date,
    -- The day up to which it was renewed when it was last offered.
    ADD COLUMN renewal_offered_for date,
    -- Before this day nobody cancels it without a reason.
    ADD COLUMN minimum_until date,
    ADD CHECK ((renewal = 'manual') = (renewed_until IS NOT NULL)),
    DROP CONSTRAINT subscriptions_state_check,
    ADD CONSTRAINT subscriptions_state_check
        CHECK (state IN ('pending', 'trial', 'active', 'suspended', 'lapsed', 'cancelled'));
CREATE INDEX subscriptions_renewal_idx ON subscriptions (tenant_id, renewed_until)
    WHERE renewal = 'manual' AND state <> 'cancelled';

ALTER TABLE subscription_changes
    DROP CONSTRAINT subscription_changes_kind_check,
    ADD CONSTRAINT subscription_changes_kind_check CHECK (kind IN (
        'change', 'withdrawal', 'cancellation', 'suspension', 'resumption', 'renewal', 'renewal_mode'));

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
            ELSE false
        END), true)
    FROM jsonb_each(policies) AS policy (name, value)
$$;
