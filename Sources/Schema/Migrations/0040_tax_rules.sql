-- What one tax comes to for some customers, some products and some time. Where none fits, the rate of the country in
-- tax_rates counts.
CREATE TABLE tax_rules (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    country text NOT NULL,
    -- NULL: all of the country.
    region text,
    -- Which tax it is a rate of: of those that fit, one of each tax counts.
    tax text NOT NULL,
    name text NOT NULL,
    -- NULL: whatever is sold.
    tax_class text,
    rate_ppm integer NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    zero_means text NOT NULL CHECK (zero_means IN ('Z', 'E')),
    place smallint NOT NULL CHECK (place BETWEEN 0 AND 9),
    is_compound boolean NOT NULL,
    -- Both days included; NULL: since ever, for ever.
    valid_from date,
    valid_through date,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (valid_from <= valid_through)
);
CREATE INDEX tax_rules_country_idx ON tax_rules (tenant_id, country, id);
ALTER TABLE tax_rules ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('tax_rules', 'SELECT, INSERT, UPDATE, DELETE');

-- Where the provider is registered for tax.
CREATE TABLE tax_registrations (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    country text NOT NULL,
    region text,
    number text,
    scheme text NOT NULL CHECK (scheme IN ('standard', 'simplified', 'oss', 'small_enterprise')),
    valid_from date,
    valid_through date,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (valid_from <= valid_through)
);
CALL mpanel_protect('tax_registrations', 'SELECT, INSERT, UPDATE, DELETE');

-- What shows that a customer need not pay tax.
CREATE TABLE tax_exemptions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    certificate text NOT NULL,
    -- NULL: wherever the customer lives.
    country text,
    valid_from date,
    valid_through date,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT tax_exemptions_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    CHECK (valid_from <= valid_through)
);
CREATE INDEX tax_exemptions_customer_idx ON tax_exemptions (tenant_id, customer_id, id);
ALTER TABLE tax_exemptions ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('tax_exemptions', 'SELECT, INSERT, UPDATE, DELETE', 'customer_id');

ALTER TABLE products ADD COLUMN tax_class text NOT NULL DEFAULT 'standard'
    CHECK (tax_class ~ '^[a-z][a-z0-9_]{0,31}$');

-- How a line is taxed: the category of EN 16931, and each tax that it bears with its amount. NULL on lines from before
-- there were categories: they bear one tax, at tax_rate_ppm.
ALTER TABLE invoice_lines
    -- What kind of thing it sells, for whoever taxes the line anew; NULL: standard.
    ADD COLUMN tax_class text CHECK (tax_class ~ '^[a-z][a-z0-9_]{0,31}$'),
    ADD COLUMN tax_category text CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
    ADD COLUMN taxes json;
ALTER TABLE credit_note_lines
    ADD COLUMN tax_category text CHECK (tax_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
    ADD COLUMN taxes json;
-- By category and rate: what is taxed, and the tax, which add up to the totals.
ALTER TABLE invoices ADD COLUMN taxes json;
ALTER TABLE credit_notes ADD COLUMN taxes json;

ALTER TABLE invoices
    DROP CONSTRAINT invoices_tax_rounding_check,
    ADD CONSTRAINT invoices_tax_rounding_check CHECK (tax_rounding IN ('line', 'rate', 'invoice'));

CREATE OR REPLACE FUNCTION mpanel_policies_hold(policies jsonb, level text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT COALESCE(bool_and(
        CASE name
            WHEN 'invoice_days_before_due' THEN mpanel_is_whole(value, 0, 90)
            WHEN 'payment_terms_days' THEN level <> 'subscription' AND mpanel_is_whole(value, 0, 365)
            WHEN 'tax_rounding' THEN level <> 'subscription' AND value IN ('"line"', '"rate"', '"invoice"')
            WHEN 'eu_consumer_rates' THEN level = 'tenant' AND value IN ('"home"', '"destination"')
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
