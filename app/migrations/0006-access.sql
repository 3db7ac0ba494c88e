-- reversible: yes
-- Who may come in. Sessions are rows of the tenant, so that people stay signed in when it moves to another host.

-- Absent: this person cannot sign in.
alter table users add column password_hash text;

create table tokens (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  -- SHA-256 of the secret, which only its holder has.
  hash bytea not null,
  kind text not null check (kind in ('session', 'api')),
  role text not null check (role in ('admin', 'member')),
  -- What people call an API token.
  name text check ((name is not null) = (kind = 'api')),
  -- Whose session it is.
  user_id bigint check ((user_id is not null) = (kind = 'session')),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, hash),
  unique (organisation_id, name),
  foreign key (organisation_id, user_id) references users (organisation_id, id) on delete cascade
);
create index tokens_user on tokens (organisation_id, user_id) where user_id is not null;

-- The platform's own people. They see who is hosted and what is used, and nobody's data; they stay on this host.
create table operators (
  email text primary key check (email = lower(email)),
  name text not null,
  password_hash text not null,
  created_at timestamptz not null default now()
);
create table operator_sessions (
  hash bytea primary key,
  email text not null references operators (email) on delete cascade,
  expires_at timestamptz not null
);
