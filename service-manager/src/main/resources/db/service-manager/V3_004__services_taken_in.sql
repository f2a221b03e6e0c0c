-- How many services were ever taken in: who was admitted beside so many is taken in beside no more.
create table service_manager.taken_in (
    one   boolean primary key check (one),
    count bigint not null
);
insert into service_manager.taken_in select true, count(*) from service_manager.service;
