-- The trace in which a job was asked for, or an event happened: W3C Trace Context's trace-id. Nobody's, NULL.
ALTER TABLE jobs ADD COLUMN trace_id text CHECK (trace_id ~ '^[0-9a-f]{32}$');
ALTER TABLE event_deliveries ADD COLUMN trace_id text CHECK (trace_id ~ '^[0-9a-f]{32}$');
