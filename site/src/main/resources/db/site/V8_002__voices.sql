-- Who may bring measurements, by the number with which the ids of his sources begin. Their keys are derived from it and a secret that is not kept here.
CREATE TABLE site_voice (
    number integer PRIMARY KEY,
    kind   text NOT NULL,
    name   text NOT NULL,
    added  timestamptz NOT NULL,
    by     text NOT NULL,
    UNIQUE (kind, name)
);
