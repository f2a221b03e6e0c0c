-- Hosts that are to sleep, sleep, or are to wake: what they were before is in "before".
alter table veem.host
    add column since timestamptz,               -- when it came into that state
    add column told  timestamptz,               -- when it was last ordered to sleep, or sent what wakes it
    add column slept timestamptz,               -- when it was last ordered to sleep
    add column idle  timestamptz;               -- since when it is known to be without VEEs
