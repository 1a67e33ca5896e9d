-- What a client sends twice is carried out once: the answer to the first request, under the key that the client gave it.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL REFERENCES tenants,
    -- A keyed hash of principal, method, path and key.
    id text NOT NULL,
    -- Whose user sent it, when it was a customer's.
    customer_id uuid,
    request_hash text NOT NULL,
    -- The answer. Only the transaction that holds the key sees a row without one.
    status integer,
    body text,
    version integer,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_recorded_idx ON idempotency_keys (tenant_id, recorded_at);
ALTER TABLE idempotency_keys ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE', 'customer_id');

-- Who did what, and when. A header is never changed or deleted; the body may be erased, and the digest still proves it.
CREATE TABLE audit_entries (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'operator', 'automation')),
    user_id uuid CHECK ((user_id IS NOT NULL) = (actor_kind = 'user')),
    verb text NOT NULL,
    object_id text,
    -- Whose data the body holds, when it is a customer's.
    customer_id uuid,
    request_id text,
    recorded_at timestamptz NOT NULL,
    digest text NOT NULL
);
CREATE INDEX audit_entries_recorded_idx ON audit_entries (tenant_id, recorded_at, id);
CREATE INDEX audit_entries_user_idx ON audit_entries (tenant_id, user_id, recorded_at, id);
CREATE INDEX audit_entries_object_idx ON audit_entries (tenant_id, object_id, recorded_at, id);
CREATE INDEX audit_entries_verb_idx ON audit_entries (tenant_id, verb, recorded_at, id);
ALTER TABLE audit_entries ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('audit_entries', 'SELECT, INSERT', 'customer_id');

CREATE TABLE audit_bodies (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    customer_id uuid,
    salt bytea NOT NULL,
    before json,
    after json,
    PRIMARY KEY (tenant_id, entry_id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES audit_entries
);
CALL mpanel_protect('audit_bodies', 'SELECT, INSERT', 'customer_id');
