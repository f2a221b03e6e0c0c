create table veem.network (
    id          bigint generated always as identity primary key,
    user_id     bigint not null,
    group_id    bigint not null,
    permissions text   not null,
    name        text   not null,
    spec        text   not null,              -- NetworkSpec as JSON
    given       bigint not null default 0,    -- MACs given so far, for NICs without an IPv4 address
    unique (user_id, name)
);

create table veem.lease (
    network bigint not null references veem.network,
    address inet   not null,
    mac     text,
    vee     bigint,                           -- whose it is; none for a reservation
    nic     integer,
    host    text,                             -- the hostname it was leased for
    note    text,
    primary key (network, address)
);
create index lease_vee on veem.lease (vee) where vee is not null;

create table veem.mac (
    network bigint  not null references veem.network,
    mac     text    not null,
    vee     bigint  not null,
    nic     integer not null,
    primary key (network, mac)
);
create index mac_vee on veem.mac (vee);

create table veem.security_group (
    id          bigint generated always as identity primary key,
    user_id     bigint not null,
    group_id    bigint not null,
    permissions text   not null,
    name        text   not null,
    rules       text   not null,              -- list of SecurityGroup.Rule as JSON
    unique (user_id, name)
);
