-- reversible: yes
-- Ids that no other host makes: milliseconds since 2025 (41 bits), then a counter (12 bits). They are in order of time, fit
-- a JSON number, and need no sequence to be set when a tenant's rows come from another host, go there, or come back.
-- Rows keep the ids they have; the release before gets new ones like this one, since it leaves the column to its default.

create sequence id_counter as smallint minvalue 0 maxvalue 4095 cycle;

create function new_id() returns bigint language sql volatile
  return ((extract(epoch from clock_timestamp()) * 1000)::bigint - 1735689600000) << 12 | nextval('id_counter');

alter table users alter column id drop identity, alter column id set default new_id();
alter table orders alter column id drop identity, alter column id set default new_id();
alter table order_items alter column id drop identity, alter column id set default new_id();
alter table tickets alter column id drop identity, alter column id set default new_id();
alter table uploads alter column id drop identity, alter column id set default new_id();
