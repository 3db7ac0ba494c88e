/** The migrations of a PostgreSQL journal, oldest first; never changed once released. `etage.version` counts them. */
export const postgresMigrations: readonly string[] = [
  `
create table etage.operations (
  id text primary key, verb text not null, subject text not null, by text not null, machine text not null,
  "startedAt" timestamptz not null, "endedAt" timestamptz, outcome text, detail text,
  parent text, plan text, "beatAt" timestamptz not null, "lostTo" text
);
create index operations_by_time on etage.operations ("startedAt", id);
create index operations_running on etage.operations ("startedAt") where "endedAt" is null;
create index operations_by_parent on etage.operations (parent) where parent is not null;
create table etage.steps (
  id bigint generated always as identity primary key, operation text not null references etage.operations,
  host text not null, step text not null, "startedAt" timestamptz not null, "endedAt" timestamptz, outcome text, detail text,
  token text unique
);
create index steps_of_operation on etage.steps (operation, host);
create table etage.locks (
  name text primary key, operation text not null, by text not null, machine text not null, reason text not null,
  since timestamptz not null, "beatAt" timestamptz not null
);
create table etage.releases (
  version text primary key, digest text not null, image text not null, "commit" text, dirty boolean not null,
  migrations text not null, "builtAt" timestamptz not null, by text not null
);
`,
  `
create index operations_by_verb on etage.operations (verb, "startedAt", id);
create index operations_served on etage.operations (subject) where outcome = 'ok';
`,
];
