-- Which leases are taken, who makes room for whom, what they cost; one row at most.
create table veem.lease_policy (
    one    boolean primary key check (one),
    policy text not null,                       -- LeasePolicy as JSON
    learnt text                                 -- Pricing.Adaptive as JSON, when pricing learns
);
