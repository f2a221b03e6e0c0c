-- The set with which a VEE gets its first place or none; of those that wait, found by its name.
alter table veem.vee add column waits_with text;
create index vee_waits_with on veem.vee (waits_with) where waits_with is not null and state in ('PENDING', 'HELD');
