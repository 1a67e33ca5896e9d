-- What a subscription's charges are lowered by, as it was when it was granted.
CREATE TABLE subscription_discounts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    reason text,
    name text NOT NULL,
    -- Millionths of a percent, or an amount off each term, in minor units.
    currency text NOT NULL,
    percent_micros bigint CHECK (percent_micros BETWEEN 1 AND 100000000),
    amount_minor bigint CHECK (amount_minor > 0),
    applies_to text NOT NULL CHECK (applies_to IN ('recurring', 'set_up', 'both')),
    -- Empty: of any product, of any family, of any cycle.
    product_ids uuid[] NOT NULL,
    family_ids uuid[] NOT NULL,
    intervals jsonb NOT NULL,
    -- How many terms of each item; NULL: for ever.
    terms integer CHECK (terms > 0),
    granted_on date NOT NULL,
    -- No term that starts on or after this day has it.
    ended_on date,
    recorded_at timestamptz NOT NULL,
    version integer NOT NULL,
    CHECK ((percent_micros IS NULL) <> (amount_minor IS NULL)),
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions
);
CREATE INDEX subscription_discounts_subscription_idx ON subscription_discounts (tenant_id, subscription_id, id);
CREATE INDEX subscription_discounts_customer_idx ON subscription_discounts (tenant_id, customer_id);
ALTER TABLE subscription_discounts ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('subscription_discounts', 'SELECT, INSERT, UPDATE (ended_on, version)', 'customer_id');

-- The items that it was granted for, and which of their terms it lowers. An item that came later has a percentage that
-- holds for ever, and nothing else.
CREATE TABLE discounted_items (
    tenant_id uuid NOT NULL,
    discount_id uuid NOT NULL,
    item_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    -- Terms that start on or after the first day, and end on or before the second; NULL: for ever.
    starts_on date NOT NULL,
    ends_on date,
    -- The item's share of an amount.
    amount_minor bigint CHECK (amount_minor >= 0),
    PRIMARY KEY (tenant_id, discount_id, item_id),
    FOREIGN KEY (tenant_id, discount_id) REFERENCES subscription_discounts,
    FOREIGN KEY (tenant_id, item_id) REFERENCES subscription_items
);
CALL mpanel_protect('discounted_items', 'SELECT, INSERT', 'customer_id');

-- What discounts took off a line, of which unit price and quantity are those of the price.
ALTER TABLE invoice_lines ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0);
