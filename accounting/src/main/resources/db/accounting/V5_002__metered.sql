-- What measurements for accounting came to, hour by hour, and up to where each inbox was read: both in one transaction.
create table accounting.metered (
    subject text             not null,
    metric  text             not null,
    hour    timestamptz      not null,
    count   bigint           not null,
    sum     double precision not null,
    low     double precision not null,
    high    double precision not null,
    primary key (subject, metric, hour)
);

create table accounting.inbox (
    id     bigint primary key,
    number bigint not null
);
