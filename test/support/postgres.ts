/** A PostgreSQL server for a test file: the lab's image on a loopback port, with nothing kept. */
import { execFile } from "node:child_process";
import { createServer, connect, type Server, type Socket } from "node:net";
import { promisify } from "node:util";
import pg from "pg";
import { readRecipes } from "../../lab/images/recipes.ts";

const run = promisify(execFile);
const docker = async (...parameters: string[]): Promise<string> => (await run("docker", parameters)).stdout.trim();
const label = "etage.test.postgres";

export interface TestPostgres {
  port: number;
  /** Docker's id of the container. */
  container: string;
  /** Where other containers reach it. */
  address: { host: string; port: number };
  /** URL of the database, which is made when it is not there. */
  url(database: string): Promise<string>;
  /** Runs SQL as the superuser. */
  sql(database: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** `settings`: as after `-c`. */
export async function startPostgres(settings: string[] = []): Promise<TestPostgres> {
  await removeOrphans();
  const { tag } = readRecipes().all.postgres;
  const id = await docker("run", "--detach", "--label", `${label}=${process.pid}`, "--publish", "127.0.0.1::5432", "--tmpfs", "/var/lib/postgresql",
    "--env", "POSTGRES_USER=app", "--env", "POSTGRES_PASSWORD=hidden-word", tag, "-c", "fsync=off", ...settings.flatMap((setting) => ["-c", setting])).catch((error: Error) => {
    throw new Error(`Cannot start ${tag}: ${error.message}. bin/setup builds the images that tests need.`);
  });
  const port = Number((await docker("port", id, "5432/tcp")).split(":").at(-1));
  const host = await docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", id);
  const urlOf = (database: string): string => `postgres://app:hidden-word@127.0.0.1:${port}/${database}`;
  const sql = async (database: string, text: string): Promise<void> => {
    const client = new pg.Client(urlOf(database));
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  for (let patience = 100; ; patience -= 1) {
    const fault = await sql("postgres", "select 1").then(() => undefined, (error: Error) => error);
    if (!fault) break;
    if (patience === 0) throw fault;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    port, sql, container: id, address: { host, port: 5432 },
    async url(database) {
      await sql("postgres", `create database ${database}`).catch((error: { code?: string }) => { if (error.code !== "42P04") throw error; });
      return urlOf(database);
    },
    stop: async () => void await docker("rm", "--force", "--volumes", id),
  };
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

/** A door to a port that can be shut (connections are cut, new ones refused) and opened again. */
export interface Door { port: number; shut(): Promise<void>; open(): Promise<void>; /** Takes connections and answers nothing. */ hush(silent: boolean): void }

export async function doorTo(target: number): Promise<Door> {
  const sockets = new Set<Socket>();
  let silent = false;
  let server: Server;
  let port = 0;
  const listen = async (): Promise<void> => {
    server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      for (const [one, other] of [[near, far], [far, near]] as const) {
        sockets.add(one);
        one.on("data", (chunk) => { if (!silent) other.write(chunk); });
        one.on("error", () => {}).on("close", () => { sockets.delete(one); other.destroy(); });
      }
    });
    await new Promise<void>((resolve) => { server.listen(port, "127.0.0.1", resolve); });
    port = (server.address() as { port: number }).port;
  };
  await listen();
  return {
    get port() { return port; },
    open: listen,
    hush: (now) => { silent = now; },
    async shut() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
