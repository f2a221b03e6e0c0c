-- Whether the VEE's disk may hold what the persistent image that it began from does not hold yet.
alter table veem.image_use add column ahead boolean not null default false;
