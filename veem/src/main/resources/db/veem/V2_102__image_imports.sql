alter table veem.image
    add column trusted    boolean not null default false,  -- asked for by an administrator, who may name any address as its source
    add column whole      boolean not null default false,  -- every byte of an upload has come
    add column saved_from bigint;                          -- the VEE whose disk it is to be a copy of

-- What this site has brought, or begun to bring, into hosts' caches: written before the transfer, deleted after the removal.
create table veem.cached (
    host   bigint not null references veem.host on delete cascade,
    digest text   not null,
    primary key (host, digest)
);
