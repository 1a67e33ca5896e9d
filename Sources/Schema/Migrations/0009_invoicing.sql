-- The next number of each series. `year` is 0 for a series that never starts again.
CREATE TABLE number_series (
    tenant_id uuid NOT NULL REFERENCES tenants,
    series text NOT NULL CHECK (series IN ('invoice', 'credit_note')),
    year integer NOT NULL,
    next_sequence bigint NOT NULL CHECK (next_sequence > 0),
    PRIMARY KEY (tenant_id, series, year)
);
CALL mpanel_protect('number_series', 'SELECT, INSERT, UPDATE (next_sequence)');

-- The seller as it stood when documents were issued: one row for all documents until the settings change.
CREATE TABLE seller_snapshots (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    settings_version integer NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT seller_snapshots_version_key UNIQUE (tenant_id, settings_version)
);
CALL mpanel_protect('seller_snapshots', 'SELECT, INSERT');

CREATE TABLE invoices (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
    version integer NOT NULL,
    number text,
    sequence bigint,
    sequence_year integer,
    currency text NOT NULL,
    service_on date NOT NULL,
    issued_on date,
    due_on date,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    settled_minor bigint NOT NULL DEFAULT 0,
    line_count integer NOT NULL CHECK (line_count >= 0),
    tax_rounding text NOT NULL CHECK (tax_rounding IN ('line', 'invoice')),
    -- A row of seller_snapshots, which nobody can change or delete. A foreign key would have all workers of a run lock
    -- that one row for every invoice.
    seller_id uuid,
    buyer json,
    document_id uuid,
    recorded_at timestamptz NOT NULL,
    CHECK (net_minor + tax_minor = gross_minor),
    CHECK (state = 'draft' OR (number IS NOT NULL AND sequence IS NOT NULL AND sequence_year IS NOT NULL
        AND issued_on IS NOT NULL AND due_on IS NOT NULL AND seller_id IS NOT NULL AND buyer IS NOT NULL)),
    CONSTRAINT invoices_number_key UNIQUE (tenant_id, number),
    CONSTRAINT invoices_sequence_key UNIQUE (tenant_id, sequence_year, sequence),
    CONSTRAINT invoices_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX invoices_customer_idx ON invoices (tenant_id, customer_id, id);
CREATE INDEX invoices_state_idx ON invoices (tenant_id, state, id);
ALTER TABLE invoices ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('invoices', 'SELECT, INSERT, UPDATE, DELETE', 'customer_id');

CREATE TABLE invoice_lines (
    tenant_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    line_no integer NOT NULL CHECK (line_no > 0),
    customer_id uuid NOT NULL,
    description text NOT NULL,
    quantity_micros bigint NOT NULL,
    unit_price_minor bigint NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    tax_rate_ppm integer NOT NULL,
    period_start date,
    period_end date,
    -- What the line was made from, as its maker calls it; Invoicing does not look inside.
    source text,
    explanation json NOT NULL,
    PRIMARY KEY (tenant_id, invoice_id, line_no),
    CONSTRAINT invoice_lines_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices
        DEFERRABLE INITIALLY DEFERRED
);
CALL mpanel_protect('invoice_lines', 'SELECT, INSERT, UPDATE, DELETE', 'customer_id');

CREATE TABLE credit_notes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    number text NOT NULL,
    sequence bigint NOT NULL,
    sequence_year integer NOT NULL,
    currency text NOT NULL,
    issued_on date NOT NULL,
    reason text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    line_count integer NOT NULL CHECK (line_count >= 0),
    seller_id uuid NOT NULL,
    buyer json NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (net_minor + tax_minor = gross_minor),
    CONSTRAINT credit_notes_number_key UNIQUE (tenant_id, number),
    CONSTRAINT credit_notes_sequence_key UNIQUE (tenant_id, sequence_year, sequence),
    CONSTRAINT credit_notes_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES seller_snapshots
);
CREATE INDEX credit_notes_invoice_idx ON credit_notes (tenant_id, invoice_id);
CREATE INDEX credit_notes_customer_idx ON credit_notes (tenant_id, customer_id, id);
ALTER TABLE credit_notes ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('credit_notes', 'SELECT, INSERT', 'customer_id');

CREATE TABLE credit_note_lines (
    tenant_id uuid NOT NULL,
    credit_note_id uuid NOT NULL,
    line_no integer NOT NULL CHECK (line_no > 0),
    customer_id uuid NOT NULL,
    invoice_line_no integer NOT NULL,
    description text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    tax_rate_ppm integer NOT NULL,
    PRIMARY KEY (tenant_id, credit_note_id, line_no),
    FOREIGN KEY (tenant_id, credit_note_id) REFERENCES credit_notes
);
CALL mpanel_protect('credit_note_lines', 'SELECT, INSERT', 'customer_id');
