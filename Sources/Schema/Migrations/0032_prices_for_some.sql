-- A price may be for the customers of one group, or for one customer: a price list of theirs beside everybody's.
ALTER TABLE prices
    ADD COLUMN for_group_id uuid,
    ADD COLUMN for_customer_id uuid,
    ADD CHECK (for_group_id IS NULL OR for_customer_id IS NULL),
    ADD CONSTRAINT prices_group_fkey FOREIGN KEY (tenant_id, for_group_id) REFERENCES customer_groups,
    ADD CONSTRAINT prices_customer_fkey FOREIGN KEY (tenant_id, for_customer_id) REFERENCES customers,
    DROP CONSTRAINT prices_version_key,
    ADD CONSTRAINT prices_version_key UNIQUE NULLS NOT DISTINCT
        (tenant_id, product_id, currency, interval_unit, interval_count, for_group_id, for_customer_id,
            price_version);
DROP INDEX prices_current_key;
CREATE UNIQUE INDEX prices_current_key
    ON prices (tenant_id, product_id, currency, interval_unit, interval_count, for_group_id, for_customer_id)
    NULLS NOT DISTINCT
    WHERE state = 'current';
CREATE INDEX prices_group_idx ON prices (tenant_id, for_group_id, id) WHERE for_group_id IS NOT NULL;
CREATE INDEX prices_customer_idx ON prices (tenant_id, for_customer_id, id) WHERE for_customer_id IS NOT NULL;
