create table veem.image (
    id            bigint generated always as identity primary key,
    user_id       bigint      not null,
    group_id      bigint      not null,
    permissions   text        not null,
    name          text        not null,
    kind          text        not null,
    state         text        not null,
    persistent    boolean     not null,
    source        text,                          -- where it comes from; none when it is uploaded
    wanted_digest text,                          -- of the source, as its importer states it
    wanted_format text,
    digest        text,                          -- SHA-256 of what is stored
    format        text        not null,
    length        bigint      not null,
    virtual_size  bigint      not null,
    done          bigint      not null,
    problem       text,
    created       timestamptz not null
);
create unique index image_name on veem.image (user_id, name);

create table veem.image_use (
    image bigint not null references veem.image,
    vee   bigint not null,
    primary key (image, vee)
);
create index image_use_vee on veem.image_use (vee);
