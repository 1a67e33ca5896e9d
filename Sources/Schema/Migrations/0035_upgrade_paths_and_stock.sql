-- How many of a product can still be sold; NULL: as many as wanted. And whether anybody said to which products its
-- customers may change: a product that limits upgrades and has no path lets them change to none.
ALTER TABLE products
    ADD COLUMN stock integer,
    ADD COLUMN limits_upgrades boolean NOT NULL DEFAULT false,
    -- What no race gets past.
    ADD CONSTRAINT products_stock_check CHECK (stock >= 0);

CREATE TABLE product_upgrade_paths (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    to_product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, product_id, to_product_id),
    FOREIGN KEY (tenant_id, product_id) REFERENCES products,
    CONSTRAINT product_upgrade_paths_to_fkey FOREIGN KEY (tenant_id, to_product_id) REFERENCES products,
    CHECK (to_product_id <> product_id)
);
CALL mpanel_protect('product_upgrade_paths', 'SELECT, INSERT, DELETE');
