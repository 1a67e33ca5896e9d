-- One rate a country, in parts per million of the net amount. No row: no tax.
CREATE TABLE tax_rates (
    tenant_id uuid NOT NULL REFERENCES tenants,
    country text NOT NULL,
    name text NOT NULL,
    rate_ppm integer NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, country)
);
CALL mpanel_protect('tax_rates', 'SELECT, INSERT, UPDATE, DELETE');
