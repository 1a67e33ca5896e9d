-- Who hears of which events. It stands in the schema, so that whoever writes an event knows whom it is owed to, servers of
-- an older version too while they are renewed one by one. A contract test holds it equal to the subscribers in the code.
CREATE FUNCTION mpanel_subscriptions() RETURNS TABLE (subscriber text, event_type text)
    LANGUAGE sql STABLE
    AS $$
        SELECT s.subscriber, s.event_type
        FROM (VALUES
            ('host_names', 'host_name.added')
        ) AS s (subscriber, event_type)
    $$;

-- What subscribers are still owed: a row for each event and each of its subscribers until it was delivered. An event that
-- nobody hears has none. A row carries its event, so that the outbox may forget.
CREATE TABLE event_deliveries (
    tenant_id uuid NOT NULL,
    subscriber text NOT NULL,
    object_id uuid NOT NULL,
    object_version integer NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    payload json NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- How often a dispatcher took it.
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- Its turn while it waits, the end of its dispatcher's lease while it is delivered.
    due_at timestamptz,
    -- One that failed is this job's. Done or discarded, the job takes it along, and the object's next event is free.
    job_id uuid,
    CHECK ((due_at IS NULL) = (job_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, job_id) REFERENCES jobs ON DELETE CASCADE
);
CREATE INDEX event_deliveries_due_idx ON event_deliveries (tenant_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX event_deliveries_job_idx ON event_deliveries (tenant_id, job_id) WHERE job_id IS NOT NULL;
ALTER TABLE event_deliveries ADD PRIMARY KEY (tenant_id, subscriber, object_id, object_version, event_id);
CALL mpanel_protect('event_deliveries', 'SELECT, INSERT, DELETE, UPDATE (attempts, due_at, job_id)');
CALL mpanel_route('event_deliveries',
    'tenant_id, subscriber, object_id, object_version, event_id, recorded_at, due_at');

-- The outbox is a record for thirty days, whatever a statement says that goes wrong; then it may be emptied.
CREATE FUNCTION mpanel_keep_events() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.recorded_at > now() - interval '30 days' THEN
        RAISE EXCEPTION 'events are kept for 30 days' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER events_are_kept BEFORE DELETE ON outbox_events
    FOR EACH ROW EXECUTE FUNCTION mpanel_keep_events();
GRANT DELETE ON outbox_events TO mpanel_app;
