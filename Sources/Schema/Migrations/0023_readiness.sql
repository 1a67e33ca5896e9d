-- A server tells whether it fits the database, so it must see how far that was migrated. The rest is the owner's.
GRANT SELECT (number) ON mpanel_migrations TO mpanel_system;
