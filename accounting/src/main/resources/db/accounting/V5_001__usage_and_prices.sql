-- Accounting's own tables: how far each VEE is metered, what it used, and what things cost.
create schema accounting;

create table accounting.meter (
    vee        bigint primary key,
    generation bigint  not null,               -- of the last event taken
    since      timestamptz,                    -- when it was first charged
    gone       boolean not null
);

create table accounting.usage (
    id        bigint generated always as identity primary key,
    vee       bigint      not null,
    name      text        not null,
    user_id   bigint      not null,
    group_id  bigint      not null,
    service   bigint,
    component text,
    holding   text        not null,
    vcpus     integer     not null,
    cpu       integer     not null,            -- thousandths of a CPU promised
    memory    bigint      not null,            -- bytes
    disk      bigint      not null,            -- bytes
    addresses integer     not null,
    since     timestamptz not null,            -- of the VEE: from where granules of time are counted
    from_at   timestamptz not null,
    to_at     timestamptz,                     -- none while it goes on
    check (to_at is null or to_at > from_at)
);

create unique index usage_running on accounting.usage (vee) where to_at is null;
create index usage_service on accounting.usage (service, from_at) where service is not null;
create index usage_user on accounting.usage (user_id, from_at);

create table accounting.price_book (
    valid_from timestamptz primary key,
    book       text not null                   -- PriceBook as JSON
);
