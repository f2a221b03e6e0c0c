-- What every room shares: the work still to do, what has happened, who has read how far, who leads.
create schema store;

create table store.work (
    id          bigint generated always as identity primary key,
    kind        text        not null,
    subject     text        not null,
    lane        text        not null,
    payload     text        not null,
    run_at      timestamptz not null,
    attempts    integer     not null default 0,
    fence       bigint      not null default 0,
    claimed_by  text,
    last_error  text
) with (fillfactor = 70);
-- run_at is also the end of the lease while the work is claimed: one index finds both new and abandoned work.
create index work_due on store.work (run_at);

create table store.event (
    seq     bigint generated always as identity primary key,
    tx      xid8        not null default pg_current_xact_id(),
    at      timestamptz not null,
    topic   text        not null,
    subject text        not null,
    type    text        not null,
    body    text        not null
);
create index event_order on store.event (tx, seq);

create table store.cursor (
    name text   primary key,
    tx   xid8   not null,
    seq  bigint not null
);

create table store.lease (
    name   text        primary key,
    holder text        not null,
    fence  bigint      not null,
    until  timestamptz not null
);
