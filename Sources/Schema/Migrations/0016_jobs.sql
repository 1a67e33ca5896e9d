-- Work that is to be done once, whoever does it. A job that succeeded is gone; one that was given up stays, as `dead`,
-- until a person has it tried again or deletes it.
CREATE TABLE jobs (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    kind text NOT NULL,
    payload json NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
    attempts integer NOT NULL CHECK (attempts >= 0),
    -- When somebody is to look at it: its turn while it waits, the end of its worker's lease while it runs.
    due_at timestamptz CHECK ((due_at IS NULL) = (state = 'dead')),
    -- The type of the error that ended the last attempt, never its text: that may quote values.
    last_error text,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz CHECK ((ended_at IS NOT NULL) = (state = 'dead'))
);
CREATE INDEX jobs_due_idx ON jobs (tenant_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_state_idx ON jobs (tenant_id, state, id);
ALTER TABLE jobs ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('jobs', 'SELECT, INSERT, DELETE, UPDATE (state, attempts, due_at, last_error, ended_at)');
CALL mpanel_route('jobs', 'tenant_id, id, state, due_at');

-- Billing runs are jobs from now on. Those that wait or run become some; forced row-level security would hide them
-- from the owner, too.
ALTER TABLE billing_runs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (tenant_id, id, kind, payload, state, attempts, due_at, recorded_at)
    SELECT tenant_id, id, 'billing_run', json_build_object('run', id), 'waiting', 0, started_at, started_at
    FROM billing_runs
    WHERE state IN ('queued', 'running');
ALTER TABLE billing_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
DROP POLICY system ON billing_runs;
REVOKE SELECT ON billing_runs FROM mpanel_system;
REVOKE SELECT (tenant_id, id, state, reported_at) ON billing_runs FROM mpanel_system;
DROP INDEX billing_runs_heads_idx;
