/** A host as the cloud gives it, with PostgreSQL that can back up, Redis and the app, and a folder for a store. */
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Arguments, Handler } from "../../../deploy/commands/verb.ts";
import type { Context } from "../../../deploy/context.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Runner } from "../../../deploy/remote/runner.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { servicePlans } from "../../../infra/services-plan.ts";
import { cloudInit } from "../../../infra/cloud-init.ts";
import { readRecipes } from "../../../lab/images/recipes.ts";
import { containerName } from "../../../lab/machines/names.ts";
import { smallFleet, outputsOf } from "../support/fleet.ts";
import { openSite } from "../../lab/machines/site.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
const STORE = "/srv/store";
export const DATA = "/srv/data";
const APP = "etage-backup-test/app";
const POSTGRES = "etage-backup-test/postgres";

export interface BackupHost {
  /** A verb, with what it told people. */
  deploy(handler: Handler, args?: object): Promise<{ code: number; text: string }>;
  /** A shell line as root; throws with its output. */
  on(line: string): Promise<string>;
  sql(text: string): Promise<string>;
  /** Paths that the dead man's switch was asked for, oldest first. */
  beats: string[];
  remove(): Promise<void>;
}

/** The container that infra makes, as a command line. */
function postgresWords(): string {
  const { command, environment, mounts } = servicePlans(smallFleet().platform.services, { stanza: "shared", path: STORE }).find(({ name }) => name === "postgres")!;
  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");
  const { POSTGRES_PASSWORD_FILE: _, ...plain } = environment;
  return [
    "docker run -d --init --name postgres --network etage --restart unless-stopped",
    quoted(Object.entries({ ...plain, POSTGRES_PASSWORD: "secret-word" }).flatMap(([name, value]) => ["-e", `${name}=${value}`])),
    quoted(mounts.flatMap(({ source, target, readOnly }) => ["-v", `${source.startsWith("/") ? source : `${DATA}/${source}`}:${target}${readOnly ? ":ro" : ""}`])),
    POSTGRES, quoted(command),
  ].join(" ");
}

const APP_WORDS = `--network etage --group-add 10001 -v /etc/etage/secrets:/run/secrets:ro -v ${DATA}/uploads:/data/uploads -e DOMAIN=example.com -e RELEASE=v1 -e DATABASE_URL_FILE=/run/secrets/database-url -e REDIS_URL_FILE=/run/secrets/redis-url -e UPLOADS_PATH=/data/uploads -e DRAIN_SECONDS=5`;

const SERVICES = `set -e
mkdir -p ${STORE} ${DATA}/postgres ${DATA}/uploads; chown 10001:10001 ${DATA}/uploads
printf 'postgres://app:secret-word@postgres:5432/app' >/etc/etage/secrets/database-url
printf 'redis://redis:6379' >/etc/etage/secrets/redis-url
chown root:10001 /etc/etage/secrets/*; chmod 0440 /etc/etage/secrets/*
docker network create etage
${postgresWords()}
docker run -d --name redis --network etage --restart unless-stopped redis:7 redis-server --protected-mode no
until docker exec postgres pg_isready -q -h 127.0.0.1 -U app; do sleep 0.2; done
docker run --rm ${APP_WORDS} ${APP} migrate
printf '%s' '[{"slug":"acme","name":"Acme","hostnames":[],"status":"active","limits":{}},{"slug":"beta","name":"Beta","hostnames":[],"status":"suspended","limits":{}}]' | docker run --rm -i ${APP_WORDS} ${APP} tenants
docker run -d --name app-v1-abc --label etage.role=app --label etage.release=v1 ${APP_WORDS} ${APP} serve`;

export async function openBackupHost(): Promise<BackupHost> {
  const build = (tag: string, folder: string, ...more: string[]) => run("docker", ["build", "--quiet", "--network", "host", "--tag", tag, ...more, join(root, folder)], { env: { ...process.env, DOCKER_BUILDKIT: "0" } });
  await Promise.all([build(POSTGRES, "deploy/backup/postgres", "--build-arg", `POSTGRES=${readRecipes().all.postgres.tag}`), build(APP, "app")]);
  const site = await openSite();
  const beats: string[] = [];
  const listener = createServer((request, response) => {
    beats.push(request.url ?? "");
    response.end();
  });
  const remove = async (): Promise<void> => {
    listener.close();
    await site.remove();
  };
  try {
    const machine = containerName(site.lab, 1);
    const on = async (line: string): Promise<string> => {
      const { ok, output } = await site.on(1, line);
      if (!ok) throw new Error(`${line}: ${output}`);
      return output;
    };
    await site.machines.create(site.spec(1, { name: "shared", userData: cloudInit({ operatorKeys: [], hostKey: { privateKey: "none", publicKey: "none" }, backup: true }) }));
    await site.until(1, "cloud-init status --wait >/dev/null; docker version");
    for (const tag of [POSTGRES, APP]) await load(tag, machine);
    await on(SERVICES);
    await new Promise<void>((done) => { listener.listen(0, site.lab.subnet(1), done); });
    const { port } = listener.address() as { port: number };
    const backup = { store: { path: STORE }, password: "env:ETAGE_TEST_BACKUP_PASSWORD", heartbeat: `http://${site.lab.subnet(1)}:${port}/{host}` };
    process.env.ETAGE_TEST_BACKUP_PASSWORD = "of-a-test";
    const runner = machineRunner(machine);
    const told: string[] = [];
    const fleet = smallFleet({ backup, customers: [{ slug: "acme", name: "Acme", tier: "shared" }] });
    const context = {
      root, fleet, journal: openSqlite(":memory:"), signal: new AbortController().signal, now: () => new Date(), shortId: () => Math.random().toString(36).slice(2, 8),
      environment: { operator: "ada", machine: "laptop" }, report: { event: () => {}, text: (text: string) => told.push(text), data: () => {} },
      outputs: async (name: string) => ({ ...outputsOf(name), dataPath: DATA }), connect: async () => runner, host: (name: string) => fleet.host(name)!,
    } as unknown as Context;
    return {
      on, beats, remove,
      async deploy(handler, args = {}) {
        told.length = 0;
        const code = await handler(context, { json: false, wait: 0, ...args } as Arguments);
        return { code, text: told.join("\n") };
      },
      sql: async (text) => (await on(`docker exec postgres psql -XqAt -v ON_ERROR_STOP=1 -U app -d app -c "${text}"`)).trim(),
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Through a pipe: an image is larger than what a program should hold. */
function load(tag: string, machine: string): Promise<void> {
  const save = spawn("docker", ["save", tag], { stdio: ["ignore", "pipe", "inherit"] });
  const put = spawn("docker", ["exec", "-i", machine, "docker", "load", "--quiet"], { stdio: [save.stdout, "ignore", "inherit"] });
  return new Promise((done, reject) => put.once("exit", (code) => code === 0 ? done() : reject(new Error(`docker load of ${tag} ended with ${code}`))));
}

const machineRunner = (machine: string): Runner => ({
  host: "shared", alive: true, close: async () => {},
  run: (command, options = {}) => new Promise((done) => {
    const child = spawn("docker", ["exec", "-i", machine, "sh", "-c", render(command)]);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        texts[name] += chunk;
        options.onOutput?.(chunk, name);
      });
    }
    child.once("close", (code) => done({ code: code ?? 128, ...texts }));
    child.stdin.end(options.stdin ?? "");
  }),
});
