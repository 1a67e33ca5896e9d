CREATE TABLE tenants (
    tenant_id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE,
    name text NOT NULL,
    is_sandbox boolean NOT NULL,
    recorded_at timestamptz NOT NULL
);
CALL mpanel_protect('tenants', 'SELECT, INSERT, UPDATE (name)');
CALL mpanel_route('tenants', 'tenant_id, slug, name');

-- The clock of a sandbox: its today is a row, so a rehearsal can move it.
CREATE TABLE sandbox_clocks (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    today date NOT NULL
);
CALL mpanel_protect('sandbox_clocks', 'SELECT, INSERT, UPDATE (today)');

CREATE TABLE host_names (
    tenant_id uuid NOT NULL REFERENCES tenants,
    host_name text NOT NULL CONSTRAINT host_names_host_name_key UNIQUE,
    PRIMARY KEY (tenant_id, host_name)
);
CALL mpanel_protect('host_names', 'SELECT, INSERT, DELETE');
CALL mpanel_route('host_names', 'tenant_id, host_name');

CREATE TABLE tenant_settings (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    version integer NOT NULL,
    seller_name text NOT NULL,
    seller_street text,
    seller_postal_code text,
    seller_city text,
    seller_country text NOT NULL,
    seller_tax_number text,
    seller_vat_id text,
    seller_bank_account text,
    locale text NOT NULL,
    time_zone text NOT NULL,
    default_currency text NOT NULL,
    brand_name text NOT NULL,
    brand_color text,
    invoice_number_format text NOT NULL,
    credit_note_number_format text NOT NULL,
    tax_rounding text NOT NULL CHECK (tax_rounding IN ('line', 'invoice')),
    invoice_days_before_due integer NOT NULL CHECK (invoice_days_before_due BETWEEN 0 AND 90),
    payment_terms_days integer NOT NULL CHECK (payment_terms_days BETWEEN 0 AND 365)
);
CALL mpanel_protect('tenant_settings', 'SELECT, INSERT, UPDATE');
