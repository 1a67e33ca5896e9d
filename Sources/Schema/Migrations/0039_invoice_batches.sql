-- What is done to many invoices by one request, one after the other, by a job. Each invoice is a row, whose state
-- changes in the transaction that does it: whoever takes the job over goes on with those that wait.
CREATE TABLE invoice_batches (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    operation text NOT NULL CHECK (operation IN ('finalize', 'void')),
    -- Stands on the credit notes of invoices that are voided.
    reason text CHECK ((operation = 'void') = (reason IS NOT NULL)),
    state text NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed')),
    item_count integer NOT NULL CHECK (item_count >= 0),
    -- Who asked for it, and answers for it in the audit log; NULL for an operator.
    asked_by uuid,
    recorded_at timestamptz NOT NULL,
    finished_at timestamptz CHECK ((finished_at IS NOT NULL) = (state IN ('finished', 'failed'))),
    PRIMARY KEY (tenant_id, id)
);
CALL mpanel_protect('invoice_batches', 'SELECT, INSERT, UPDATE (state, finished_at)');

-- No foreign key to the invoice: a draft may be deleted before its turn comes.
CREATE TABLE invoice_batch_items (
    tenant_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    position integer NOT NULL CHECK (position > 0),
    customer_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    -- Of the problem that refused it.
    code text CHECK ((code IS NOT NULL) = (state = 'failed')),
    detail text,
    ended_at timestamptz CHECK ((ended_at IS NULL) = (state = 'waiting')),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES invoice_batches,
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX invoice_batch_items_state_idx ON invoice_batch_items (tenant_id, batch_id, state, position);
ALTER TABLE invoice_batch_items ADD PRIMARY KEY (tenant_id, batch_id, position);
CALL mpanel_protect('invoice_batch_items', 'SELECT, INSERT, UPDATE (state, code, detail, ended_at)', 'customer_id');
