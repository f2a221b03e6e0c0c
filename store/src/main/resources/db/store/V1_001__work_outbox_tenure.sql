-- The work still to do. Claiming changes no indexed column, so PostgreSQL keeps the new row version on the same page
-- without touching an index (HOT): hence the fill factor, and hence no index on lease_until.
CREATE TABLE work (
    id          bigint GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY,
    kind        text        NOT NULL,
    subject     text        NOT NULL,
    lane        text        NOT NULL,
    payload     text        NOT NULL,
    run_at      timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    fence       bigint      NOT NULL DEFAULT 0,
    claimed_by  text,
    lease_until timestamptz,
    last_error  text
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);
CREATE INDEX work_run_at ON work (run_at);

-- What happened, in an order that is final once it can be read. tx is the writing transaction's number plus outbox.tx_base;
-- nr counts within the transaction.
CREATE TABLE event (
    tx      bigint      NOT NULL,
    nr      integer     NOT NULL,
    at      timestamptz NOT NULL,
    topic   text        NOT NULL,
    subject text        NOT NULL,
    type    text        NOT NULL,
    body    text        NOT NULL,
    PRIMARY KEY (tx, nr)
);

-- tx_base is raised when the database is restored into a PostgreSQL whose transaction numbers begin anew.
-- Events up to (trimmed_tx, trimmed_nr) are gone.
CREATE TABLE outbox (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    tx_base    bigint  NOT NULL DEFAULT 0,
    trimmed_tx bigint  NOT NULL DEFAULT 0,
    trimmed_nr integer NOT NULL DEFAULT 0
);
INSERT INTO outbox DEFAULT VALUES;

CREATE TABLE consumer (
    name text    PRIMARY KEY,
    tx   bigint  NOT NULL,
    nr   integer NOT NULL
);

-- Who alone does something for a time, such as one placement cycle; the fence grows with every change of holder.
CREATE TABLE tenure (
    name   text        PRIMARY KEY,
    holder text        NOT NULL,
    fence  bigint      NOT NULL,
    until  timestamptz NOT NULL
);
