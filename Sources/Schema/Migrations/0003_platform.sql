-- Facts that other parts may react to, written in the transaction that caused them.
CREATE TABLE outbox_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    object_id uuid NOT NULL,
    object_version integer NOT NULL,
    payload json NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CALL mpanel_protect('outbox_events', 'SELECT, INSERT');

-- Keys that belong to the installation, not to a tenant; only mpanel_system reads them. The private half is sealed
-- with the installation's secret, which is not in the database.
CREATE TABLE signing_keys (
    id uuid PRIMARY KEY,
    sealed_private_key bytea NOT NULL,
    recorded_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON signing_keys TO mpanel_system;
