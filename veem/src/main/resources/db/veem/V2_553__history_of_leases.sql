-- What happened to a lease that its runs do not show: those of one that begins anew are forgotten.
create table veem.vee_lease_history (
    id     bigint generated always as identity primary key,
    lease  bigint      not null references veem.vee_lease,
    at     timestamptz not null,
    what   text        not null,                  -- Lease.Happened.What
    detail text        not null
);
create index vee_lease_history_lease on veem.vee_lease_history (lease, id);
