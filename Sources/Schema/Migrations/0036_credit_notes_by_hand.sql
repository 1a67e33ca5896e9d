-- How many of what a line sold are taken back; NULL where an amount is. Together they are no more than were sold.
ALTER TABLE credit_note_lines
    ADD COLUMN quantity_micros bigint CHECK (quantity_micros > 0);
