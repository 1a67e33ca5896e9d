-- How every table of a tenant is protected. A contract test asks the catalogue that no table was forgotten.

-- Turns on row-level security, for the owner too; lets mpanel_app see the rows of the transaction's tenant, and, when
-- the transaction is a customer's, only those of that customer. `privileges` is what mpanel_app may do at all.
CREATE PROCEDURE mpanel_protect(target regclass, privileges text, customer_column text DEFAULT NULL)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY tenant ON %s
            USING (tenant_id = NULLIF(current_setting(''mpanel.tenant_id'', true), '''')::uuid)
            WITH CHECK (tenant_id = NULLIF(current_setting(''mpanel.tenant_id'', true), '''')::uuid)', target);
    IF customer_column IS NOT NULL THEN
        EXECUTE format(
            'CREATE POLICY customer ON %1$s AS RESTRICTIVE
                USING (NULLIF(current_setting(''mpanel.customer_id'', true), '''')::uuid IS NULL
                    OR %2$I = NULLIF(current_setting(''mpanel.customer_id'', true), '''')::uuid)
                WITH CHECK (NULLIF(current_setting(''mpanel.customer_id'', true), '''')::uuid IS NULL
                    OR %2$I = NULLIF(current_setting(''mpanel.customer_id'', true), '''')::uuid)', target, customer_column);
    END IF;
    EXECUTE format('GRANT %s ON %s TO mpanel_app', privileges, target);
END
$$;

-- For a table of which mpanel_system may read the rows of all tenants: ids and routing only.
CREATE PROCEDURE mpanel_route(target regclass, columns text)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('CREATE POLICY system ON %s FOR SELECT TO mpanel_system USING (true)', target);
    EXECUTE format('GRANT SELECT (%s) ON %s TO mpanel_system', columns, target);
END
$$;

-- In the migrations that follow, a table with more indexes gets its primary key last. While a table is empty all its
-- indexes cost the same, and PostgreSQL then takes the one made last; sessions keep that choice for their foreign-key
-- checks, and an index that only shares some columns with the key would be read from end to end for each row.

GRANT USAGE ON SCHEMA public TO mpanel_app, mpanel_system;
