-- Which hosts have which networks and security groups. A row is written before the host is told and removed after it has let go, so that
-- whatever a crash leaves behind is on record. The thing is network-3 or secgroup-5; it may be deleted while hosts still have it.
create table veem.wired (
    thing text   not null,
    host  bigint not null references veem.host on delete cascade,
    primary key (thing, host)
);
create index wired_host on veem.wired (host);

-- Which NICs a security group holds for, those under way included.
create table veem.member (
    security_group bigint  not null references veem.security_group,
    vee            bigint  not null,
    nic            integer not null,
    primary key (security_group, vee, nic)
);
create index member_vee on veem.member (vee);
create index vee_destination on veem.vee (destination) where destination is not null;

insert into veem.member (security_group, vee, nic)
select distinct substr(filter.id, length('secgroup-') + 1)::bigint, vee.id, (nic.part ->> 'number')::integer
from veem.vee, jsonb_array_elements(vee.parts::jsonb -> 'nics') as nic(part), jsonb_array_elements_text(nic.part -> 'filters') as filter(id)
where vee.state <> 'TERMINATED' and exists (select 1 from veem.security_group s where 'secgroup-' || s.id = filter.id);

insert into veem.wired (thing, host)
select 'network-' || mac.network, vee.host from veem.mac join veem.vee on vee.id = mac.vee where vee.host is not null
union
select 'secgroup-' || member.security_group, vee.host from veem.member join veem.vee on vee.id = member.vee where vee.host is not null;

-- Subnets in which hosts have an address of their own: each belongs to one network, for no host could be in two of them.
create table veem.subnet (
    network bigint not null references veem.network on delete cascade,
    subnet  cidr   not null,
    exclude using gist (subnet inet_ops with &&)
);
insert into veem.subnet (network, subnet)
select distinct network.id, (range.value ->> 'cidr')::cidr
from veem.network, jsonb_array_elements(network.spec::jsonb -> 'ranges') as range(value)
where network.spec::jsonb ->> 'reach' = 'nat' or network.spec::jsonb ->> 'reach' = 'isolated' and (network.spec::jsonb ->> 'dhcp')::boolean
on conflict do nothing;
