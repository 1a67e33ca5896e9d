-- A user of the role `customer` belongs to one customer and sees that one's rows only; no other user does.
ALTER TABLE users ADD COLUMN customer_id uuid;
ALTER TABLE users ADD CONSTRAINT users_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers;
ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CONSTRAINT users_role_check
    CHECK (role IN ('owner', 'admin', 'staff', 'read_only', 'customer'));
ALTER TABLE users ADD CONSTRAINT users_customer_check CHECK ((role = 'customer') = (customer_id IS NOT NULL));
CREATE POLICY customer ON users AS RESTRICTIVE USING (false);
CALL mpanel_set_policies('users', 'customer_id');
GRANT DELETE ON users TO mpanel_app;

-- What a sign-in opens, and refresh tokens keep open. A token names its session and generation under a keyed hash, so
-- that a used one is known as such without being kept; of the generation that is in force the tokens' own keyed hashes
-- stand here.
CREATE TABLE sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The user's, so that the customer policy holds here, too.
    customer_id uuid,
    generation integer NOT NULL CHECK (generation > 0),
    token_hashes text[] NOT NULL,
    rotated_at timestamptz NOT NULL,
    -- As of the last refresh; Redis knows of later.
    last_used_at timestamptz NOT NULL,
    device text,
    address text,
    recorded_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users
);
CREATE INDEX sessions_user_idx ON sessions (tenant_id, user_id, id);
ALTER TABLE sessions ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect(
    'sessions',
    'SELECT, INSERT, DELETE, UPDATE (generation, token_hashes, rotated_at, last_used_at, device, address, expires_at,
        revoked_at)',
    'customer_id');

-- From when on a key signs: a new one is published first, so that everybody knows it by then. Those there are have
-- been signing since they were made.
ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz;
UPDATE signing_keys SET signs_from = recorded_at;
ALTER TABLE signing_keys ALTER COLUMN signs_from SET NOT NULL;
GRANT DELETE ON signing_keys TO mpanel_system;
