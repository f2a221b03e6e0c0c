-- VEEs whose owners asked to have them moved.
create index vee_reschedule on veem.vee (id) where reschedule;

-- VEEs that wait for their time.
create index vee_not_before on veem.vee (not_before) where state = 'HELD' and not_before is not null;

-- The number of the transaction that wrote the row last: who remembers VEEs reads anew what was stamped since.
alter table veem.vee add column stamp bigint not null default 0;
create index vee_stamp on veem.vee (stamp);

-- What a silent host was before: it is that again when it answers.
alter table veem.host add column before text;

-- Counts the changes to hosts, their last answers left out, so that whoever remembers hosts knows when to look again.
create table veem.hosts_changed (
    one   boolean primary key default true check (one),
    count bigint not null
);
insert into veem.hosts_changed (count) values (0);
