-- Credit notes that take back a part of a line of an issued invoice, beside those that cancel the whole.

-- A cancellation is the only note of its invoice, and its postings stand under 'void' as they did. Of credits by line an
-- invoice may have several, so their postings say whose they are; their entries count on from note to note. No foreign
-- key, like the customer's: postings are written before the notes, which take the numbers, and `mpanel audit` compares.
ALTER TABLE postings
    ADD COLUMN credit_note_id uuid,
    DROP CONSTRAINT postings_cause_check,
    ADD CONSTRAINT postings_cause_check CHECK (cause IN ('issue', 'void', 'credit')),
    ADD CONSTRAINT postings_credit_note_check CHECK ((cause = 'credit') = (credit_note_id IS NOT NULL));

-- Why so much is taken back, and of which days. A cancellation's lines have neither: they take back what the invoice's
-- explain.
ALTER TABLE credit_note_lines
    ADD COLUMN period_start date,
    ADD COLUMN period_end date,
    ADD COLUMN explanation json;

-- Numbers are taken last before commit, because workers of one tenant queue there. So lines come before their notes, as
-- they do for invoices.
ALTER TABLE credit_note_lines
    ALTER CONSTRAINT credit_note_lines_tenant_id_credit_note_id_fkey DEFERRABLE INITIALLY DEFERRED;
