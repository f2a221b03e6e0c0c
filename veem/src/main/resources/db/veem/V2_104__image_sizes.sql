-- The size to which the image's disk is being grown.
alter table veem.image add column wanted_size bigint;
