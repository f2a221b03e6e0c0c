CREATE TABLE access_group (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE access_user (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    main_group    bigint NOT NULL REFERENCES access_group,
    administrator boolean NOT NULL,
    enabled       boolean NOT NULL,
    created       timestamptz NOT NULL
);

CREATE TABLE access_membership (
    user_id  bigint NOT NULL REFERENCES access_user ON DELETE CASCADE,
    group_id bigint NOT NULL REFERENCES access_group,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX access_membership_group ON access_membership (group_id);

-- Of a secret only its SHA-256 is kept.
CREATE TABLE access_token (
    user_id bigint NOT NULL REFERENCES access_user ON DELETE CASCADE,
    name    text NOT NULL,
    hash    bytea NOT NULL UNIQUE,
    created timestamptz NOT NULL,
    expires timestamptz,
    PRIMARY KEY (user_id, name)
);

-- Whose: 'user-3' or 'group-2'. No figure means no bound; CPU in thousandths, memory and disk in bytes.
CREATE TABLE access_quota (
    whose     text PRIMARY KEY,
    vees      bigint,
    cpu       bigint,
    memory    bigint,
    disk      bigint,
    addresses bigint
);
