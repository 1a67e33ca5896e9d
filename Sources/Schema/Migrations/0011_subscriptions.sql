CREATE TABLE subscriptions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    reference text,
    state text NOT NULL CHECK (state IN ('pending', 'trial', 'active', 'suspended', 'cancelled')),
    suspension_reason text CHECK (suspension_reason IN ('overdue', 'staff', 'paused', 'abuse')),
    currency text NOT NULL,
    started_on date NOT NULL,
    trial_until date CHECK (trial_until >= started_on),
    cancel_on date,
    version integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (state = 'suspended' OR suspension_reason IS NULL),
    CONSTRAINT subscriptions_reference_key UNIQUE (tenant_id, reference),
    CONSTRAINT subscriptions_customer_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers
);
CREATE INDEX subscriptions_customer_idx ON subscriptions (tenant_id, customer_id, id);
CREATE INDEX subscriptions_state_idx ON subscriptions (tenant_id, state, id);
CREATE INDEX subscriptions_trial_idx ON subscriptions (tenant_id, trial_until) WHERE state = 'trial';
CREATE INDEX subscriptions_cancel_idx ON subscriptions (tenant_id, cancel_on) WHERE state <> 'cancelled';
ALTER TABLE subscriptions ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('subscriptions', 'SELECT, INSERT, UPDATE', 'customer_id');

CREATE TABLE subscription_items (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity_micros bigint NOT NULL CHECK (quantity_micros > 0),
    recorded_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscriptions,
    FOREIGN KEY (tenant_id, product_id) REFERENCES products
);
CREATE INDEX subscription_items_subscription_idx ON subscription_items (tenant_id, subscription_id, id);
ALTER TABLE subscription_items ADD PRIMARY KEY (tenant_id, id);
CALL mpanel_protect('subscription_items', 'SELECT, INSERT, UPDATE', 'customer_id');

-- What an item is billed by: terms of one interval from an anchor, at one price version. `next_term` and
-- `next_due_on` are derived from the terms billed, written with them, and checked by `mpanel audit`; they are what
-- the billing run selects by. `is_billable` follows the state of the subscription.
CREATE TABLE item_schedules (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    schedule_no integer NOT NULL CHECK (schedule_no > 0),
    customer_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    price_id uuid NOT NULL,
    anchor date NOT NULL,
    interval_unit text NOT NULL CHECK (interval_unit IN ('day', 'week', 'month', 'year')),
    interval_count integer NOT NULL CHECK (interval_count > 0),
    -- Terms before this one were billed by a former system.
    first_term integer NOT NULL CHECK (first_term >= 0),
    next_term integer NOT NULL CHECK (next_term >= 0),
    next_due_on date,
    has_gaps boolean NOT NULL DEFAULT false,
    is_billable boolean NOT NULL,
    FOREIGN KEY (tenant_id, item_id) REFERENCES subscription_items,
    FOREIGN KEY (tenant_id, price_id) REFERENCES prices
);
CREATE INDEX item_schedules_due_idx ON item_schedules (tenant_id, next_due_on, item_id, schedule_no)
    WHERE is_billable AND next_due_on IS NOT NULL;
CREATE INDEX item_schedules_customer_idx ON item_schedules (tenant_id, customer_id, item_id);
CREATE INDEX item_schedules_subscription_idx ON item_schedules (tenant_id, subscription_id);
ALTER TABLE item_schedules ADD PRIMARY KEY (tenant_id, item_id, schedule_no);
CALL mpanel_protect(
    'item_schedules', 'SELECT, INSERT, UPDATE (next_term, next_due_on, has_gaps, is_billable)', 'customer_id');

-- A term billed is a row that can exist only once while it is not released: a void puts the credit note's id into
-- `released_by`, which makes room for the reissue. The zero id stands for "not released", because a key has no NULL.
CREATE TABLE billed_terms (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    schedule_no integer NOT NULL,
    term_no integer NOT NULL CHECK (term_no >= 0),
    kind text NOT NULL CHECK (kind IN ('recurring', 'set_up', 'usage', 'adjustment')),
    released_by uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    customer_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on > starts_on),
    invoice_id uuid NOT NULL,
    line_no integer NOT NULL,
    CONSTRAINT billed_terms_pkey PRIMARY KEY (tenant_id, item_id, schedule_no, term_no, kind, released_by),
    CONSTRAINT billed_terms_line_key UNIQUE (tenant_id, invoice_id, line_no),
    FOREIGN KEY (tenant_id, item_id, schedule_no) REFERENCES item_schedules,
    FOREIGN KEY (tenant_id, invoice_id, line_no) REFERENCES invoice_lines
);
CALL mpanel_protect('billed_terms', 'SELECT, INSERT, UPDATE (released_by)', 'customer_id');

-- What a former system had billed of an item when it was imported: one row, from which the audit counts.
CREATE TABLE opening_terms (
    tenant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    schedule_no integer NOT NULL,
    customer_id uuid NOT NULL,
    billed_until date NOT NULL,
    first_term integer NOT NULL CHECK (first_term > 0),
    PRIMARY KEY (tenant_id, item_id, schedule_no),
    FOREIGN KEY (tenant_id, item_id, schedule_no) REFERENCES item_schedules
);
CALL mpanel_protect('opening_terms', 'SELECT, INSERT', 'customer_id');
