/** A running app with tenants, as the suites share it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeToken } from "../../../app/access/tenant-login.ts";
import { openDatabase, waitForDatabase, type Database } from "../../../app/database/connect.ts";
import { openDoors, type Doors } from "../../../app/database/doors.ts";
import { organisationId } from "../../../app/tenants/identity.ts";
import { ask, type Answer, type Options } from "./ask.ts";
import { run, serve, type Environment, type Server } from "./program.ts";
import { startServices, type TestServices } from "./services.ts";

export const domain = "platform.test";

export interface Platform {
  services: TestServices;
  /** Of the main database, whose app is `server`. */
  environment: Environment;
  server: Server;
  /** The main database as its owner, whom no policy binds. */
  database: Database;
  /** The same as the app has it. */
  doors: Doors;
  /** A request to the main app: host is a slug, or a full name. With an admin's token of the tenant, unless it brings its own. */
  ask(host: string, path: string, options?: Options): Promise<Answer>;
  /** Headers that make a request one of a tenant's admin. */
  as(slug: string): Record<string, string>;
  /** A new, empty database; returns the environment of an app on it. */
  emptyDatabase(): Promise<Environment>;
  /** Runs the command `tenants`; `ask` then knows them. */
  tenants(list: { slug: string; hostnames?: string[]; [key: string]: unknown }[]): Promise<unknown>;
}

export async function startPlatform(): Promise<{ platform: Platform; stop(): Promise<void> }> {
  const services = await startServices();
  const folder = await mkdtemp(join(tmpdir(), "etage-app-"));
  const settings = (name: string) => ({ DATABASE_URL: services.databaseUrl(name), DATABASE_CONNECTIONS: 2, DATABASE_WAIT_SECONDS: 30, RELEASE: "test" });
  const connect = (name: string) => openDatabase(settings(name), { as: "test", connections: 2 });
  const admin = connect("postgres");
  await waitForDatabase(admin, settings("postgres"), () => {});
  const made: string[] = [];

  async function emptyDatabase(): Promise<Environment> {
    const name = `test_${process.pid}_${made.length}`;
    made.push(name);
    await admin.unsafe(`create database ${name}`);
    return {
      DATABASE_URL: services.databaseUrl(name), REDIS_URL: services.redisUrl, DOMAIN: domain, UPLOADS_PATH: join(folder, name), RELEASE: "v1", METRICS_PORT: "0",
      NODE_COMPILE_CACHE: join(folder, "compiled"),
    };
  }

  const environment = await emptyDatabase();
  const migrated = await run(["migrate"], environment);
  if (migrated.code !== 0) throw new Error(migrated.stderr);
  const server = await serve(environment);
  while ((await ask(server.port, "127.0.0.1", "/health/ready")).status !== 200) await sleep(50);
  const database = connect(made[0]!);
  const doors = openDoors(settings(made[0]!), "test");
  const full = (host: string) => host.includes(".") ? host : `${host}.${domain}`;
  const secrets = new Map<string, string>();
  const as = (host: string): Record<string, string> => secrets.has(host) ? { authorization: `Bearer ${secrets.get(host)}` } : {};

  const platform: Platform = {
    services, environment, server, database, doors, emptyDatabase, as,
    ask: (host, path, options = {}) => ask(server.port, full(host), path, { ...options, headers: { ...as(host), ...options.headers } }),
    tenants: async (list) => {
      const { code, stdout, stderr } = await run(["tenants"], environment, JSON.stringify(list));
      if (code !== 0) throw new Error(stderr);
      for (const { slug, hostnames = [] } of list) {
        const { secret } = await makeToken(doors.tenant(organisationId(slug)), "test", "admin");
        for (const host of [slug, ...hostnames]) secrets.set(host, secret);
      }
      return JSON.parse(stdout);
    },
  };
  const stop = async () => {
    await server.stop();
    await Promise.all([database.end(), doors.close()]);
    for (const name of made) await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { platform, stop };
}
