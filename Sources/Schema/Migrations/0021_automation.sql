-- The daily automation: when it is due, what it did, and what stops it.

ALTER TABLE tenant_settings
    ADD COLUMN automation_hour integer NOT NULL DEFAULT 6 CHECK (automation_hour BETWEEN 0 AND 23);

-- When the scheduler is to look at a tenant. It then reads the settings and decides, so a time that is too early does
-- no harm. NULL for a sandbox, whose days come by its own clock, and for whom automation is stopped.
CREATE TABLE automation_schedules (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    next_due_at timestamptz
);
CALL mpanel_protect('automation_schedules', 'SELECT, INSERT, UPDATE (next_due_at)');
CALL mpanel_route('automation_schedules', 'tenant_id, next_due_at');

-- Whoever writes settings, the scheduler looks at once: no writer can forget it.
CREATE FUNCTION mpanel_reschedule() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO automation_schedules (tenant_id, next_due_at)
        SELECT tenant_id, CASE WHEN is_sandbox THEN NULL ELSE 'epoch'::timestamptz END
        FROM tenants
        WHERE tenant_id = NEW.tenant_id
    ON CONFLICT (tenant_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at;
    RETURN NULL;
END
$$;
CREATE TRIGGER settings_change_schedules AFTER INSERT OR UPDATE OF automation_hour, time_zone ON tenant_settings
    FOR EACH ROW EXECUTE FUNCTION mpanel_reschedule();

-- Forced row-level security would hide the tenants that are there from the owner, too.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE automation_schedules NO FORCE ROW LEVEL SECURITY;
INSERT INTO automation_schedules (tenant_id, next_due_at)
    SELECT tenant_id, CASE WHEN is_sandbox THEN NULL ELSE 'epoch'::timestamptz END
    FROM tenants;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE automation_schedules FORCE ROW LEVEL SECURITY;

-- Emergency stops, those that hold and those that were lifted. The company's and the operator's are each their own:
-- neither lifts the other's.
CREATE TABLE automation_stops (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    level text NOT NULL CHECK (level IN ('company', 'operator')),
    reason text NOT NULL,
    -- Whose user stopped it; the operator is none.
    stopped_by uuid CHECK ((stopped_by IS NOT NULL) = (level = 'company')),
    stopped_at timestamptz NOT NULL,
    lifted_by uuid,
    lifted_at timestamptz
);
CREATE UNIQUE INDEX automation_stops_one_holds ON automation_stops (tenant_id, level) WHERE lifted_at IS NULL;
ALTER TABLE automation_stops ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('automation_stops', 'SELECT, INSERT, UPDATE (lifted_by, lifted_at)');

-- One day of one tenant.
CREATE TABLE automation_runs (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    day date NOT NULL,
    -- The hour of the day at which it was due, and that moment; a sandbox's day has none on the real time line.
    hour integer NOT NULL,
    due_at timestamptz,
    -- The first day before it that had no run, after a run of an earlier day: this one makes up for all since.
    made_up_from date CHECK (made_up_from < day),
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'finished', 'failed')),
    recorded_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'failed'))),
    CONSTRAINT automation_runs_day_key UNIQUE (tenant_id, day)
);
ALTER TABLE automation_runs ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('automation_runs', 'SELECT, INSERT, UPDATE (state, started_at, ended_at)');

CREATE TABLE automation_steps (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    place integer NOT NULL,
    name text NOT NULL,
    -- `waiting` for the steps before it, `queued` for a worker.
    state text NOT NULL CHECK (state IN ('waiting', 'queued', 'running', 'finished', 'failed')),
    -- How far it is, in its own words.
    cursor text,
    items_done bigint NOT NULL,
    items_failed bigint NOT NULL,
    -- Counts, and amounts by currency.
    result json NOT NULL,
    -- The type of the error that ended the last attempt, never its text: that may quote values.
    last_error text,
    started_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, run_id, place),
    FOREIGN KEY (tenant_id, run_id) REFERENCES automation_runs
);
CALL mpanel_protect('automation_steps',
    'SELECT, INSERT, UPDATE (state, cursor, items_done, items_failed, result, last_error, started_at, ended_at)');

-- A sandbox's clock is on its way while it has a target.
ALTER TABLE sandbox_clocks
    ADD COLUMN advance_from date,
    ADD COLUMN advance_to date,
    ADD COLUMN advance_asked_at timestamptz,
    ADD CONSTRAINT sandbox_clocks_advance CHECK (num_nulls(advance_from, advance_to, advance_asked_at) IN (0, 3));
GRANT UPDATE (advance_from, advance_to, advance_asked_at) ON sandbox_clocks TO mpanel_app;
