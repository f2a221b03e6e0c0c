-- Within what each server's measuring is to stay, as people said; infinity is without bound.
CREATE TABLE site_budget (
    server       text PRIMARY KEY,
    share        double precision NOT NULL,
    per_listener double precision NOT NULL
);
