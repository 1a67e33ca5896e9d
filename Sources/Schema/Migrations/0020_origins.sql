-- Origins of pages that may read the company's answers in a browser. They stand beside the slug, because a preflight
-- names no company: mpanel_system must be able to tell whether an origin is anybody's.
ALTER TABLE tenants ADD COLUMN allowed_origins text[] NOT NULL DEFAULT '{}'
    CHECK (cardinality(allowed_origins) <= 20);
GRANT UPDATE (allowed_origins) ON tenants TO mpanel_app;
GRANT SELECT (allowed_origins) ON tenants TO mpanel_system;
