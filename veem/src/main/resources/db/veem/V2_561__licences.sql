-- Licences of what runs in guests, and which VEEs ask for them: a VEE with a host has a seat of each that it asks for.
create table veem.licence (
    name     text    primary key,
    seats    integer not null check (seats >= 0),
    per_host boolean not null                   -- each host with members takes a seat, not each member
);

alter table veem.vee add column licences text[];
create index vee_licensed on veem.vee (id) where licences is not null and state <> 'TERMINATED';
