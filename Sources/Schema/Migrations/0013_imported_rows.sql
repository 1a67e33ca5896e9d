-- What an import has taken in: a digest of each row, so that a repeated import knows unchanged rows from changed ones.
CREATE TABLE imported_rows (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, key)
);
CALL mpanel_protect('imported_rows', 'SELECT, INSERT');
