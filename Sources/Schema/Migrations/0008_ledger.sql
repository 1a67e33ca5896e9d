CREATE DOMAIN ledger_account AS text CHECK (VALUE IN ('receivable', 'revenue', 'tax_payable'));

-- Append-only double entry: a row has both sides and a positive amount, so an unbalanced entry cannot be written.
-- The key is what caused the posting, so that nothing is posted twice. No foreign key to the customer: the document has
-- one, `mpanel audit` compares posting and document, and a run writes two postings an invoice.
CREATE TABLE postings (
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    cause text NOT NULL CHECK (cause IN ('issue', 'void')),
    entry smallint NOT NULL CHECK (entry > 0),
    customer_id uuid NOT NULL,
    debit_account ledger_account NOT NULL,
    credit_account ledger_account NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    posted_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, document_id, cause, entry),
    CHECK (debit_account <> credit_account)
);
CREATE INDEX postings_customer_idx ON postings (tenant_id, customer_id, posted_on);
CALL mpanel_protect('postings', 'SELECT, INSERT', 'customer_id');
