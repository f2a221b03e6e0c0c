-- How long the one who takes a service's turn has it to himself; what is heard meanwhile may bring look_at forward without ending that.
alter table service_manager.service add column held_until timestamptz;
