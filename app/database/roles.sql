-- The two doors to the database, made at every `migrate`: roles belong to the server and not to the database, so a dump
-- does not bring them. Neither may log in, own a table or pass by its policies.
do $$
declare
  name text;
begin
  foreach name in array array['app_tenant', 'app_platform'] loop
    begin
      if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I nologin nobypassrls', name);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- Another database of this server was quicker.
    end;
    if not pg_has_role(current_user, name, 'set') then
      execute format('grant %I to current_user', name);
    end if;
  end loop;
end $$;

-- One tenant's rows, as far as policies let it.
grant select, insert, update, delete on users, tokens, orders, order_items, tickets, uploads, jobs to app_tenant;
grant select on organisations, hostnames, usage_hours to app_tenant;
grant usage on sequence id_counter to app_tenant;

-- Who is hosted, who comes in, what is to be done, what was used; nobody's data.
grant select, insert, update on organisations, usage_hours to app_platform;
grant select, insert, update, delete on hostnames, operators, operator_sessions, workers to app_platform;
grant select, update on jobs to app_platform;
grant select on tokens, schema_migrations to app_platform;
