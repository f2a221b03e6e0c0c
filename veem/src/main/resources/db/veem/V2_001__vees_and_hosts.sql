-- The VEEM's own tables: VEEs with their history, hosts, templates. Images begin at V2_1xx, networks at V2_2xx.
create schema veem;

create table veem.host (
    id        bigint generated always as identity primary key,
    name      text        not null unique,
    uri       text        not null unique,
    state     text        not null,
    problem   text,
    request   text        not null,             -- HostRequest as JSON: how it is to be kept
    facts     text,                             -- HostFacts as JSON: what was found out
    last_seen timestamptz,
    created   timestamptz not null
);

create table veem.vee (
    id          bigint generated always as identity primary key,
    user_id     bigint      not null,
    group_id    bigint      not null,
    permissions text        not null,
    name        text        not null,
    state       text        not null,
    generation  bigint      not null,
    host        bigint references veem.host,
    destination bigint references veem.host,
    ready       boolean     not null,
    reschedule  boolean     not null,
    vcpus       integer     not null,
    cpu         integer     not null,           -- thousandths of a CPU promised
    memory      bigint      not null,           -- bytes
    disk        bigint      not null,           -- bytes of all disks
    service     text,                           -- the service it belongs to, from its tags
    affinity    text,                           -- the group that together/apart refer to
    not_before  timestamptz,
    tags        text[]      not null,           -- key=value
    spec        text        not null,           -- VeeSpec as JSON
    parts       text        not null,           -- Parts as JSON
    task        text,                           -- Task as JSON
    problem     text,
    created     timestamptz not null,
    changed     timestamptz not null
) with (fillfactor = 70);

create unique index vee_name on veem.vee (user_id, name) where state <> 'TERMINATED';
create index vee_host on veem.vee (host) where host is not null;
create index vee_waiting on veem.vee (id) where state in ('PENDING', 'HELD');
create index vee_service on veem.vee (service) where service is not null and state <> 'TERMINATED';

create table veem.vee_history (
    vee   bigint      not null,
    seq   bigint generated always as identity,
    at    timestamptz not null,
    state text        not null,
    host  bigint,
    why   text        not null,
    who   text        not null,
    primary key (vee, seq)
);

create table veem.template (
    id          bigint generated always as identity primary key,
    user_id     bigint      not null,
    group_id    bigint      not null,
    permissions text        not null,
    name        text        not null,
    spec        text        not null,
    inputs      text        not null,
    created     timestamptz not null,
    unique (user_id, name)
);

-- The key under which every guest's secret is made; one row.
create table veem.site_key (
    one boolean primary key default true check (one),
    key  bytea not null
);
