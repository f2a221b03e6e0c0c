-- Who may call the site. Limits are thousandths of a CPU and bytes; none is unbounded.
create schema access;

create table access.user_group (
    id        bigint generated always as identity primary key,
    name      text not null unique,
    vees      bigint,
    cpu       bigint,
    memory    bigint,
    disk      bigint,
    addresses bigint
);

create table access.account (
    id            bigint generated always as identity primary key,
    name          text        not null unique,
    main_group    bigint      not null references access.user_group,
    administrator boolean     not null,
    enabled       boolean     not null,
    created       timestamptz not null,
    vees          bigint,
    cpu           bigint,
    memory        bigint,
    disk          bigint,
    addresses     bigint
);

create table access.membership (
    account    bigint not null references access.account on delete cascade,
    user_group bigint not null references access.user_group,
    primary key (account, user_group)
);

create table access.token (
    account bigint      not null references access.account on delete cascade,
    name    text        not null,
    hash    bytea       not null unique,        -- SHA-256 of the secret
    created timestamptz not null,
    expires timestamptz,
    primary key (account, name)
);
