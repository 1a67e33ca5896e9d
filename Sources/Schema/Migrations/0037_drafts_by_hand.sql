-- What a person writes on an invoice beside its lines, frozen with the rest of it. Of a draft, payment_terms_days is
-- what was decided for it alone, NULL as the policies say; of an issued invoice, what counted. NULL on those of
-- before.
ALTER TABLE invoices
    ADD COLUMN purchase_order_number text,
    ADD COLUMN notes text,
    ADD COLUMN payment_terms_days integer CHECK (payment_terms_days BETWEEN 0 AND 365);

-- What a line by hand sells, where it is one of the catalogue.
ALTER TABLE invoice_lines
    ADD COLUMN product_id uuid,
    ADD CONSTRAINT invoice_lines_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products;
