/** PostgreSQL and Redis for the app's tests: the lab's images, on loopback ports, with nothing kept. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readRecipes } from "../../../lab/images/recipes.ts";

const run = promisify(execFile);
const label = "etage.test.app";

export interface TestServices {
  /** URL of a database that need not exist yet. */
  databaseUrl(name: string): string;
  redisUrl: string;
  stop(): Promise<void>;
}

/** Starts both. ETAGE_TEST_DATABASE_URL and ETAGE_TEST_REDIS_URL name running ones to use instead. */
export async function startServices(): Promise<TestServices> {
  const { ETAGE_TEST_DATABASE_URL: database, ETAGE_TEST_REDIS_URL: redis } = process.env;
  if (database && redis) return { databaseUrl: (name) => Object.assign(new URL(database), { pathname: `/${name}` }).href, redisUrl: redis, stop: async () => {} };

  await removeOrphans();
  const { postgres: { tag: postgresImage }, redis: { tag: redisImage } } = readRecipes().all;
  const postgres = await start(postgresImage, 5432, ["--tmpfs", "/var/lib/postgresql", "--env", "POSTGRES_USER=app", "--env", "POSTGRES_PASSWORD=app"], ["-c", "fsync=off", "-c", "wal_level=logical"]);
  const cache = await start(redisImage, 6379, ["--tmpfs", "/data"], []);
  return {
    databaseUrl: (name) => `postgres://app:app@127.0.0.1:${postgres.port}/${name}`,
    redisUrl: `redis://127.0.0.1:${cache.port}`,
    stop: async () => void await docker("rm", "--force", "--volumes", postgres.id, cache.id),
  };
}

async function start(image: string, port: number, options: string[], command: string[]): Promise<{ id: string; port: number }> {
  const id = await docker("run", "--detach", "--label", `${label}=${process.pid}`, "--publish", `127.0.0.1::${port}`, ...options, image, ...command)
    .catch((error: Error) => {
      throw new Error(`Cannot start ${image}: ${error.message}. bin/setup builds the images that tests need.`);
    });
  const address = await docker("port", id, `${port}/tcp`);
  return { id, port: Number(address.split(":").at(-1)) };
}

/** Containers of a run that was killed before it could tidy up. */
async function removeOrphans(): Promise<void> {
  const lines = await docker("ps", "--all", "--filter", `label=${label}`, "--format", `{{.ID}} {{.Label "${label}"}}`);
  for (const [id, owner] of lines.split("\n").filter(Boolean).map((line) => line.split(" "))) {
    if (!alive(Number(owner))) await docker("rm", "--force", "--volumes", id!);
  }
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const docker = async (...parameters: string[]): Promise<string> => (await run("docker", parameters)).stdout.trim();
