-- Which server takes the turn: one that was killed takes back what it held as soon as it is there again.
alter table service_manager.service add column held_by text;
