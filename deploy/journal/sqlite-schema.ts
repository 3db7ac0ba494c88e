/** The migrations of a SQLite journal, oldest first; never changed once released. `pragma user_version` counts them. */
export const sqliteMigrations: readonly string[] = [
  // Files from before versions were counted have these already.
  `
create table if not exists operations (
  id text primary key, verb text not null, subject text not null, by text not null, machine text not null,
  "startedAt" text not null, "endedAt" text, outcome text, detail text
) strict;
create table if not exists steps (
  id integer primary key, operation text not null references operations, host text not null, step text not null,
  "startedAt" text not null, "endedAt" text, outcome text, detail text
) strict;
create table if not exists releases (
  version text primary key, digest text not null, image text not null, "commit" text, dirty integer not null,
  migrations text not null, "builtAt" text not null, by text not null
) strict;
`,
  `
alter table operations add column parent text;
alter table operations add column plan text;
alter table operations add column "beatAt" text not null default '';
alter table operations add column "lostTo" text;
update operations set "beatAt" = coalesce("endedAt", "startedAt");
create index operations_by_time on operations ("startedAt", id);
create index operations_running on operations ("startedAt") where "endedAt" is null;
create index operations_by_parent on operations (parent) where parent is not null;
alter table steps add column token text;
create unique index steps_by_token on steps (token);
drop index if exists steps_of_operation;
create index steps_of_operation on steps (operation, host);
create table locks (
  name text primary key, operation text not null, by text not null, machine text not null, reason text not null,
  since text not null, "beatAt" text not null
) strict;
`,
  `
create index operations_by_verb on operations (verb, "startedAt", id);
create index operations_served on operations (subject) where outcome = 'ok';
`,
];
