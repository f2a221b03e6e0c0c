-- Rules of alarms, how each stands for each subject, and who is still to be told.
CREATE TABLE alarm (
    name           text PRIMARY KEY,
    rule           text NOT NULL,
    silenced_until timestamptz
);

CREATE TABLE alarm_state (
    alarm   text NOT NULL REFERENCES alarm ON DELETE CASCADE,
    subject text NOT NULL,
    state   text NOT NULL,
    since   timestamptz NOT NULL,
    value   double precision NOT NULL,
    PRIMARY KEY (alarm, subject)
);

CREATE TABLE alarm_notice (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    means    text NOT NULL, -- webhook or mail
    target   text NOT NULL,
    secret   text NOT NULL,
    body     text NOT NULL,
    tries    integer NOT NULL DEFAULT 0,
    due      timestamptz NOT NULL,
    gives_up timestamptz NOT NULL,
    error    text NOT NULL DEFAULT ''
);

CREATE INDEX alarm_notice_due ON alarm_notice (due);
