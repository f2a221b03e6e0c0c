-- The Service Manager's own tables. A service's row is also its piece of work: look_at says when to take its next turn, and while a
-- turn is under way, when another server may take it over.
create schema service_manager;

create table service_manager.service (
    id          bigint generated always as identity primary key,
    name        text        not null,
    user_id     bigint      not null,
    group_id    bigint      not null,
    permissions text        not null,
    owner       text        not null,            -- Caller as JSON: for whom everything is done
    up          boolean     not null,            -- whether it is to be there, or to be ended
    state       text        not null,
    problem     text,
    document    bytea       not null,            -- the manifest as it was handed in
    properties  text        not null,            -- given values as JSON
    images      text        not null,            -- file id -> image id, as JSON
    clearing    text,                            -- what went wrong with taking its networks away, as JSON
    created     timestamptz not null,
    changed     timestamptz not null,
    look_at     timestamptz,                     -- none when nothing is left to do
    turn        bigint      not null default 0,  -- grows with every turn: an older one may not say when the next is
    news        bigint      not null default 0   -- grows with everything heard: what is heard during a turn is not lost
);
create unique index service_name on service_manager.service (user_id, name) where state <> 'UNDEPLOYED';
create index service_due on service_manager.service (look_at) where look_at is not null;

create table service_manager.component (
    service       bigint  not null references service_manager.service,
    name          text    not null,
    startup_order integer not null,
    least         integer not null,
    most          integer not null,
    wanted        integer not null,
    started       boolean not null,
    in_force      boolean not null,
    elastic       boolean not null,              -- whether it has rules
    scaled        timestamptz,                   -- when wanted was last changed
    primary key (service, name),
    check (wanted between least and most)
);

-- What went wrong with a replica, until it is overcome.
create table service_manager.trouble (
    service   bigint      not null references service_manager.service,
    component text        not null,
    replica   integer     not null,
    aim       text        not null,
    count     integer     not null,
    at        timestamptz not null,
    problem   text        not null,
    last      boolean     not null,
    primary key (service, component, replica)
);

create table service_manager.network (
    service bigint  not null references service_manager.service,
    name    text    not null,                    -- in the manifest
    network bigint  not null,
    made    boolean not null,                    -- for this service, and goes with it
    primary key (service, name)
);

create table service_manager.decision (
    id       bigint generated always as identity primary key,
    service  bigint not null references service_manager.service,
    decision text   not null                     -- Decision as JSON
);
create index decision_service on service_manager.decision (service, id);
