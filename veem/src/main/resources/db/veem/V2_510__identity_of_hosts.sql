-- What tells a host from every other, whatever URI it is reached by; nothing where its driver cannot say.
alter table veem.host add column identity text unique;
