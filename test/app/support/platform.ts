/** A running app with tenants, as the suites share it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, waitForDatabase, type Database } from "../../../app/database/connect.ts";
import { ask, type Answer, type Options } from "./ask.ts";
import { run, serve, type Environment, type Server } from "./program.ts";
import { startServices, type TestServices } from "./services.ts";

export const domain = "platform.test";

export interface Platform {
  services: TestServices;
  /** Of the main database, whose app is `server`. */
  environment: Environment;
  server: Server;
  database: Database;
  /** A request to the main app: host is a slug, or a full name. */
  ask(host: string, path: string, options?: Options): Promise<Answer>;
  /** A new, empty database; returns the environment of an app on it. */
  emptyDatabase(): Promise<Environment>;
  tenants(list: object[]): Promise<unknown>;
}

export async function startPlatform(): Promise<{ platform: Platform; stop(): Promise<void> }> {
  const services = await startServices();
  const folder = await mkdtemp(join(tmpdir(), "etage-app-"));
  const settings = { DATABASE_CONNECTIONS: 2, DATABASE_WAIT_SECONDS: 30, RELEASE: "test" };
  const connect = (name: string) => openDatabase({ ...settings, DATABASE_URL: services.databaseUrl(name) }, "test");
  const admin = connect("postgres");
  await waitForDatabase(admin, { ...settings, DATABASE_URL: services.databaseUrl("postgres") }, () => {});
  const made: string[] = [];

  async function emptyDatabase(): Promise<Environment> {
    const name = `test_${process.pid}_${made.length}`;
    made.push(name);
    await admin.unsafe(`create database ${name}`);
    return { DATABASE_URL: services.databaseUrl(name), REDIS_URL: services.redisUrl, DOMAIN: domain, UPLOADS_PATH: join(folder, name), RELEASE: "v1", NODE_COMPILE_CACHE: join(folder, "compiled") };
  }

  const environment = await emptyDatabase();
  const migrated = await run(["migrate"], environment);
  if (migrated.code !== 0) throw new Error(migrated.stderr);
  const server = await serve(environment);
  while ((await ask(server.port, "127.0.0.1", "/health/ready")).status !== 200) await sleep(50);
  const database = connect(made[0]!);
  const full = (host: string) => host.includes(".") ? host : `${host}.${domain}`;

  const platform: Platform = {
    services, environment, server, database, emptyDatabase,
    ask: (host, path, options) => ask(server.port, full(host), path, options),
    tenants: async (list) => {
      const { code, stdout, stderr } = await run(["tenants"], environment, JSON.stringify(list));
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    },
  };
  const stop = async () => {
    await server.stop();
    await database.end();
    for (const name of made) await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { platform, stop };
}
