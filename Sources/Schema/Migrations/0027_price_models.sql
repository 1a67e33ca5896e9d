-- A price may follow from a model: tiers, packages, included units, a minimum and a maximum. Then its amount is what one
-- unit costs by the model, and what is billed follows from the quantity.
ALTER TABLE prices ADD COLUMN pricing jsonb;
GRANT UPDATE (pricing) ON prices TO mpanel_app;

CREATE OR REPLACE FUNCTION mpanel_freeze_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.in_use AND (NEW.amount_minor, NEW.setup_fee_minor, NEW.pricing, NEW.in_use)
        IS DISTINCT FROM (OLD.amount_minor, OLD.setup_fee_minor, OLD.pricing, OLD.in_use)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'prices_in_use_are_frozen',
            MESSAGE = 'a price in use is immutable: add a version';
    END IF;
    RETURN NEW;
END
$$;
