CREATE TABLE product_families (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT product_families_name_key UNIQUE (tenant_id, name)
);
CALL mpanel_protect('product_families', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE products (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    family_id uuid,
    code text NOT NULL,
    type text NOT NULL CHECK (type IN ('hosting', 'domain', 'ssl', 'email', 'addon', 'custom')),
    name text NOT NULL,
    description text,
    state text NOT NULL CHECK (state IN ('active', 'archived')),
    attributes jsonb NOT NULL,
    metadata jsonb NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT products_code_key UNIQUE (tenant_id, code),
    CONSTRAINT products_family_fkey FOREIGN KEY (tenant_id, family_id) REFERENCES product_families
);
CREATE INDEX products_family_idx ON products (tenant_id, family_id, id);
CREATE INDEX products_name_idx ON products (tenant_id, name, id);
ALTER TABLE products ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('products', 'SELECT, INSERT, UPDATE');

-- A price is unique by product, currency and cycle while it is current; an edit of a price in use closes its row and
-- adds the next version. No interval means: once.
CREATE TABLE prices (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    currency text NOT NULL,
    interval_unit text CHECK (interval_unit IN ('day', 'week', 'month', 'year')),
    interval_count integer CHECK (interval_count > 0),
    price_version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('current', 'replaced', 'archived')),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    setup_fee_minor bigint NOT NULL CHECK (setup_fee_minor >= 0),
    in_use boolean NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK ((interval_unit IS NULL) = (interval_count IS NULL)),
    CONSTRAINT prices_version_key UNIQUE NULLS NOT DISTINCT
        (tenant_id, product_id, currency, interval_unit, interval_count, price_version),
    FOREIGN KEY (tenant_id, product_id) REFERENCES products
);
CREATE UNIQUE INDEX prices_current_key
    ON prices (tenant_id, product_id, currency, interval_unit, interval_count) NULLS NOT DISTINCT
    WHERE state = 'current';
ALTER TABLE prices ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('prices', 'SELECT, INSERT, UPDATE (state, amount_minor, setup_fee_minor, in_use, version)');

CREATE FUNCTION mpanel_freeze_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.in_use AND (NEW.amount_minor, NEW.setup_fee_minor, NEW.in_use)
        IS DISTINCT FROM (OLD.amount_minor, OLD.setup_fee_minor, OLD.in_use)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'prices_in_use_are_frozen',
            MESSAGE = 'a price in use is immutable: add a version';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER prices_in_use_are_frozen BEFORE UPDATE ON prices
    FOR EACH ROW EXECUTE FUNCTION mpanel_freeze_price();
