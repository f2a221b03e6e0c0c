-- Requests that make something, by the key that their sender gave them, for as long as they may be repeated. Without a status: under way, or cut off.
CREATE TABLE access_repeat (
    user_id bigint NOT NULL REFERENCES access_user ON DELETE CASCADE,
    key     text NOT NULL,
    request bytea NOT NULL, -- SHA-256 of what was asked for
    begun   timestamptz NOT NULL,
    status  integer,
    headers text,
    body    text, -- none when it was too long, or may be told only once
    PRIMARY KEY (user_id, key)
);
CREATE INDEX access_repeat_begun ON access_repeat (begun);
