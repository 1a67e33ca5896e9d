CREATE TABLE customers (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    reference text,
    kind text NOT NULL CHECK (kind IN ('company', 'person')),
    company_name text,
    name text NOT NULL,
    email text NOT NULL,
    street text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    region text,
    country text NOT NULL,
    currency text NOT NULL,
    tax_id text,
    tax_exempt boolean NOT NULL,
    language text,
    notes text,
    metadata jsonb NOT NULL,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((kind = 'company') = (company_name IS NOT NULL)),
    CONSTRAINT customers_reference_key UNIQUE (tenant_id, reference)
);
CALL mpanel_protect('customers', 'SELECT, INSERT, UPDATE', 'id');

CREATE TABLE contacts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    phone text,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX contacts_customer_idx ON contacts (tenant_id, customer_id, id);
ALTER TABLE contacts ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('contacts', 'SELECT, INSERT, UPDATE, DELETE', 'customer_id');

-- What customers are found by: words folded to lower case without accents. Under row-level security LIKE and full
-- text do not use their index; a range over this primary key does.
CREATE TABLE customer_words (
    tenant_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, word, customer_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX customer_words_customer_idx ON customer_words (tenant_id, customer_id);
CALL mpanel_protect('customer_words', 'SELECT, INSERT, DELETE', 'customer_id');
