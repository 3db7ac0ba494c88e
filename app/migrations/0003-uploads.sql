-- reversible: yes
-- Files lie on disk in UPLOADS_PATH/<slug>/<file>; this table says what they are and how much room they take.

create table uploads (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id bigint generated always as identity,
  name text not null,
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  file uuid not null,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id)
);
