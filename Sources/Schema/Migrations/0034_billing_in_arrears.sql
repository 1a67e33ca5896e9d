-- A price may say that its terms are billed when they end. The schedules that sell it keep it, so that a run need not
-- join prices.
ALTER TABLE prices
    ADD COLUMN billed text NOT NULL DEFAULT 'in_advance' CHECK (billed IN ('in_advance', 'in_arrears')),
    -- What is paid once has no term that ends.
    ADD CHECK (billed = 'in_advance' OR interval_unit IS NOT NULL);
ALTER TABLE item_schedules ADD COLUMN in_arrears boolean NOT NULL DEFAULT false;
