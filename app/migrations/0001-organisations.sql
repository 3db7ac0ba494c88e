-- reversible: yes
-- Tenants. The id is derived from the slug by the app (tenants/identity.ts), not counted here: a customer then has
-- the same id on every host, and its rows can move between hosts without being renumbered.

create table organisations (
  id bigint primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
  name text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  -- Absent: no limit.
  limit_users integer check (limit_users > 0),
  limit_storage_megabytes integer check (limit_storage_megabytes > 0),
  limit_api_calls_per_hour integer check (limit_api_calls_per_hour > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A customer's own hostnames, besides SLUG.DOMAIN. A name leads to one tenant only.
create table hostnames (
  organisation_id bigint not null references organisations (id) on delete cascade,
  hostname text not null unique check (hostname = lower(hostname)),
  primary key (organisation_id, hostname)
);
