-- What a rule asked for as one: the replicas beyond as_one_from are a set of this name, placed as a whole or not at all. None when people asked, or for one replica more.
alter table service_manager.component add column as_one text;
alter table service_manager.component add column as_one_from integer;
