-- Migrations that were made, for the estimates of later ones.
create table veem.passage (
    id          bigint generated always as identity primary key,
    source      bigint      not null,           -- hosts; one that is removed may still be named here
    destination bigint      not null,
    bytes       bigint      not null,           -- of memory
    took_ms     bigint      not null,
    made        timestamptz not null
);

create index passage_pair on veem.passage (source, destination, id);
create index passage_made on veem.passage (made);
