-- The cancelled invoice that this one was issued in the place of; the index is small, for hardly any replaces another.
ALTER TABLE invoices
    ADD COLUMN replaces_id uuid,
    ADD CONSTRAINT invoices_replaces_fkey FOREIGN KEY (tenant_id, replaces_id) REFERENCES invoices;
CREATE UNIQUE INDEX invoices_replaces_idx ON invoices (tenant_id, replaces_id) WHERE replaces_id IS NOT NULL;
