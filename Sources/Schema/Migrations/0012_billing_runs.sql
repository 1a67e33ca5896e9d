-- Billing runs that the API asked for: queue, progress and report in one row.
CREATE TABLE billing_runs (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    as_of date NOT NULL,
    issued_on date NOT NULL,
    is_dry_run boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed')),
    report json NOT NULL,
    started_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_runs_one_waiting ON billing_runs (tenant_id) WHERE state = 'queued';
CREATE INDEX billing_runs_heads_idx ON billing_runs (tenant_id, id) WHERE state IN ('queued', 'running');
CALL mpanel_protect('billing_runs', 'SELECT, INSERT, UPDATE (state, report, reported_at, finished_at)');
CALL mpanel_route('billing_runs', 'tenant_id, id, state, reported_at');
