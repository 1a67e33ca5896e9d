-- What customers lower their charges with, by a code. Its terms never change: who redeemed it has a copy of them.
CREATE TABLE coupons (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    -- NULL for a percentage, which is of any currency.
    currency text,
    percent_micros bigint CHECK (percent_micros BETWEEN 1 AND 100000000),
    amount_minor bigint CHECK (amount_minor > 0),
    applies_to text NOT NULL CHECK (applies_to IN ('recurring', 'set_up', 'both')),
    product_ids uuid[] NOT NULL,
    family_ids uuid[] NOT NULL,
    intervals jsonb NOT NULL,
    terms integer CHECK (terms > 0),
    -- Empty: of anybody.
    customer_ids uuid[] NOT NULL,
    new_customers_only boolean NOT NULL,
    max_uses integer CHECK (max_uses > 0),
    max_uses_per_customer integer CHECK (max_uses_per_customer > 0),
    -- Both days are in.
    valid_from date,
    valid_until date,
    state text NOT NULL CHECK (state IN ('active', 'archived')),
    uses integer NOT NULL CHECK (uses >= 0),
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT coupons_code_key UNIQUE (tenant_id, code),
    CHECK ((percent_micros IS NULL) <> (amount_minor IS NULL)),
    CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    -- What no race gets past.
    CONSTRAINT coupons_uses_left_check CHECK (uses <= max_uses)
);
CREATE INDEX coupons_state_idx ON coupons (tenant_id, state, id);
CALL mpanel_protect('coupons', 'SELECT, INSERT, UPDATE (state, uses, version)');

ALTER TABLE subscription_discounts
    ADD COLUMN coupon_id uuid,
    ADD FOREIGN KEY (tenant_id, coupon_id) REFERENCES coupons;
CREATE INDEX subscription_discounts_coupon_idx ON subscription_discounts (tenant_id, coupon_id, customer_id)
    WHERE coupon_id IS NOT NULL;
