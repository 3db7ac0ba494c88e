-- reversible: yes
-- Work that takes longer than a request should; the worker takes it from here. The id is a UUIDv7: in order of time, and
-- no other host ever makes the same one.

create table jobs (
  organisation_id bigint not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  -- Free text: a newer release may bring kinds that this one does not know, and leaves alone.
  kind text not null,
  input jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  -- How often a worker has begun it.
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  worker text,
  -- The worker's last sign of life; when it stays away, another takes the job.
  beat_at timestamptz,
  result jsonb,
  fault text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organisation_id, id)
);
create index jobs_open on jobs (due_at) where state in ('waiting', 'running');

-- Worker processes of this host. They belong to nobody's data: no tenant in the key, and a move leaves them where they are.
create table workers (
  name text primary key,
  release text not null,
  state text not null check (state in ('idle', 'busy', 'stopping')),
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now()
);
