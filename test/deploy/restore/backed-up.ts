/** A database as a host has it, with pgBackRest inside and a store in a folder; for tests on this machine. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { buildImageCommand } from "../../../deploy/backup/image.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import { readRecipes } from "../../../lab/images/recipes.ts";
import type { Runner } from "../../../deploy/remote/runner.ts";

const run = promisify(execFile);

/** The lab's PostgreSQL with pgBackRest in it; made once. */
async function image(): Promise<string> {
  const { tag, key } = readRecipes().all.postgres;
  const name = `etage-test/postgres-pgbackrest:${key}`;
  await docker("image", "inspect", name).catch(() => docker(...buildImageCommand(name, tag).slice(1)));
  return name;
}

export interface BackedUp {
  runner: Runner;
  /** The living database's; another one after `fresh`. */
  readonly container: string;
  /** Stands for the data volume. */
  folder: string;
  docker(...words: string[]): Promise<string>;
  sql(text: string): Promise<string>;
  sqlIn(container: string, text: string): Promise<string>;
  backup(): Promise<void>;
  /** The database is gone, container and data; a new, empty one is there, as on a new host. The store stays. */
  fresh(): Promise<void>;
  /** An archive of these tables, as the app's `export` would write it. */
  archive(container: string, path: string, slug: string, tables: string[]): Promise<void>;
  remove(): Promise<void>;
}

const docker = async (...words: string[]): Promise<string> => {
  try {
    return (await run("docker", words, { maxBuffer: 2 ** 26 })).stdout.trim();
  } catch (error) {
    const { message, stdout = "" } = error as Error & { stdout?: string };
    throw new Error(`${message}${stdout}`);
  }
};

/** `sudo` is not on every machine; here everything is root's anyway. */
function withSudo(folder: string): void {
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/sudo"), "#!/bin/sh\nshift\nexec \"$@\"\n", { mode: 0o755 });
  process.env.PATH = `${join(folder, "bin")}:${process.env.PATH}`;
}

export async function openDatabase(): Promise<BackedUp> {
  const folder = mkdtempSync(join(tmpdir(), "etage-restore-"));
  chmodSync(folder, 0o755);
  withSudo(folder);
  for (const name of ["postgres", "uploads", "store", "settings"]) mkdirSync(join(folder, name));
  chmodSync(join(folder, "store"), 0o777);
  writeFileSync(join(folder, "settings/pgbackrest.conf"), `[global]
repo1-path=/store/shared/postgres
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=secret-word
log-level-file=off
start-fast=y
[global:archive-get]
archive-async=y
spool-path=/tmp/pgbackrest-spool
[shared]
pg1-path=/var/lib/postgresql/18/docker
pg1-user=app
pg1-socket-path=/tmp
`);
  const mount = (from: string, to: string): string[] => ["--mount", `type=bind,source=${join(folder, from)},target=${to}`];
  const tag = await image();
  const start = async (): Promise<string> => {
    const id = await docker("run", "--detach", "--init", ...mount("postgres", "/var/lib/postgresql"), ...mount("store", "/store"), ...mount("settings", "/etc/pgbackrest"),
      "--env", "POSTGRES_USER=app", "--env", "POSTGRES_PASSWORD=hidden-word", "--env", "POSTGRES_INITDB_ARGS=--wal-segsize=1", tag,
      "postgres", "-c", "wal_level=logical", "-c", "archive_mode=on", "-c", "archive_command=pgbackrest --stanza=shared archive-push %p");
    // By TCP: while a new database is set up, its temporary server listens on the socket only.
    for (let left = 600; await docker("exec", id, "pg_isready", "-q", "-h", "127.0.0.1").then(() => false, () => true) && left > 0; left -= 1) await sleep(200);
    return id;
  };
  let container = await start();
  const sqlIn: BackedUp["sqlIn"] = (where, text) => docker("exec", where, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "app", "-d", "app", "-c", text);
  const host: BackedUp = {
    runner: new LocalRunner("shared"), folder, docker, sqlIn,
    get container() { return container; },
    sql: (text) => sqlIn(container, text),
    backup: async () => void await docker("exec", "--user", "postgres", container, "pgbackrest", "--stanza=shared", "--type=full", "backup"),
    async fresh() {
      await docker("rm", "--force", "--volumes", container);
      rmSync(join(folder, "postgres"), { recursive: true });
      mkdirSync(join(folder, "postgres"));
      container = await start();
    },
    async archive(where, path, of, tables) {
      const place = join(folder, "archive");
      for (const table of tables) {
        mkdirSync(join(place, "tables", table), { recursive: true });
        writeFileSync(join(place, "tables", table, "000001.ndjson"), `${await sqlIn(where, `select to_jsonb(t) - 'tenant' from ${table} t where tenant = '${of}'`)}\n`);
      }
      await run("tar", ["-C", place, "-cf", path, "tables"]);
    },
    async remove() {
      await docker("rm", "--force", "--volumes", container);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await docker("exec", "--user", "postgres", container, "pgbackrest", "--stanza=shared", "stanza-create");
    return host;
  } catch (error) {
    await host.remove();
    throw error;
  }
}
