-- Those that are held stay so for as long as their owners like: the scheduler, which asks often, finds those that wait for a place without passing over them.
drop index veem.vee_waiting;
create index vee_pending on veem.vee (id) where state = 'PENDING';

-- Hosts that are to be emptied, of thousands that are not.
create index host_evacuating on veem.host (id) where state = 'EVACUATING';
