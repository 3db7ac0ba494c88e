-- reversible: yes
-- The database itself keeps tenants apart: a statement without a filter finds the rows of the tenant that the transaction
-- is for (`set local app.tenant`), and none when it is for nobody. `force`: also when the tables' owner asks.
-- Policies name no role, so that a dump can be restored where the app's roles (database/roles.sql) are not made yet.
-- Superusers and replication are never bound by policies; the release before, which logs in as one, still runs.

create function current_tenant() returns bigint language sql stable parallel safe
  return nullif(current_setting('app.tenant', true), '')::bigint;

do $$
declare
  name text;
begin
  foreach name in array array['hostnames', 'users', 'tokens', 'orders', 'order_items', 'tickets', 'uploads', 'jobs', 'usage_hours'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (organisation_id = current_tenant()) with check (organisation_id = current_tenant())', name);
  end loop;
  alter table organisations enable row level security;
  alter table organisations force row level security;
  create policy tenant on organisations using (id = current_tenant()) with check (id = current_tenant());

  -- The platform's role must know who is hosted here, who comes in, what is to be done and what was used.
  foreach name in array array['organisations', 'hostnames', 'tokens', 'jobs', 'usage_hours'] loop
    execute format('create policy platform on %I using (current_user = ''app_platform'') with check (current_user = ''app_platform'')', name);
  end loop;
end $$;
