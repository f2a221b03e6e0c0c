-- Leases of VEEs (veem.lease is the leases of addresses).
create table veem.vee_lease (
    id          bigint generated always as identity primary key,
    user_id     bigint      not null,
    group_id    bigint      not null,
    permissions text        not null,
    owner       text        not null,             -- Caller as JSON: for whom VEEs that begin anew are made
    wish        text        not null,             -- LeaseWish as JSON
    verdict     text,                             -- what became of it, as JSON; null while it is open
    created     timestamptz not null,
    ended       timestamptz
);
create index vee_lease_open on veem.vee_lease (id) where ended is null;

-- What each VEE of a lease is to be now; the lease steward makes it so.
create table veem.vee_lease_node (
    lease   bigint  not null references veem.vee_lease,
    node    integer not null,                     -- from 1
    vee     bigint,
    wanted  text    not null,
    host    bigint,                               -- where the book of leases counts it
    since   timestamptz not null,
    problem text,
    primary key (lease, node)
);
create index vee_lease_node_vee on veem.vee_lease_node (vee);

-- The book of leases, one row, written under the lock of placement.
create table veem.lease_book (
    one  boolean primary key default true check (one),
    book text   not null
);

-- What leases will need of a host at most, from now on.
create table veem.lease_peak (
    host   bigint primary key references veem.host on delete cascade,
    cpu    integer not null,
    memory bigint  not null,
    disk   bigint  not null
);
