-- Policies of placement, by cluster; '' is the site's. And the plans that reviews came to.
create table veem.placement_policy (
    cluster text primary key,
    policy  text not null,                      -- PlacementPolicy as JSON
    due     timestamptz                         -- of the next review; null for none
);

create table veem.placement_plan (
    id      bigint generated always as identity primary key,
    cluster text    not null,
    going   boolean not null,
    plan    text    not null                    -- PlacementPlan as JSON
);

create unique index placement_plan_going on veem.placement_plan (cluster) where going;
