-- What people want measured: probes that they added, and what they asked of others. Each server has its own.
CREATE TABLE site_probe (
    server  text NOT NULL,
    name    text NOT NULL,
    lasting boolean NOT NULL,
    probe   jsonb NOT NULL,
    PRIMARY KEY (server, name)
);
