/** Where an image is tried: PostgreSQL, Redis, a network and volumes of its own on this machine's Docker, all gone afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "../../model/fleet.ts";
import { type Command, script } from "../host/command.ts";
import { APP_USER } from "../host/paths.ts";
import { mustRun, type Result, type Runner } from "../remote/runner.ts";
import { environmentOf } from "../rollout/wanted.ts";
import { json, must } from "./clause.ts";
import { Served } from "./served.ts";

export interface SiteOptions {
  runner: Runner;
  image: string;
  platform: Fleet["platform"];
  /** Images of the services. */
  postgres: string;
  redis: string;
  /** Makes names unique on this machine. */
  id: string;
}

/** Two customers at work, one suspended, one with narrow limits. */
export const tenants = ["etage-one", "etage-two", "etage-asleep", "etage-narrow"] as const;
export const [one, two, asleep, narrow] = tenants;
export const ownName = "shop.etage-one.example";
export const narrowLimit = 5;

/** Grace of the processes under test, in seconds. */
export const grace = 20;
const label = "etage.check";

const BUILD = `
set -eu
id=$1 postgres=$2 redis=$3 user=$4
IFS= read -r password
name=etage-check-$id
docker network create --label "${label}=$id" "$name"
docker volume create --label "${label}=$id" "$name-secrets"
docker volume create --label "${label}=$id" "$name-uploads"
POSTGRES_PASSWORD=$password docker run --detach --name "$name-postgres" --label "${label}=$id" --network "$name" --network-alias postgres \\
  --env POSTGRES_PASSWORD --env POSTGRES_USER=app --env POSTGRES_DB=app --tmpfs /var/lib/postgresql "$postgres" -c fsync=off -c wal_level=logical
docker run --detach --name "$name-redis" --label "${label}=$id" --network "$name" --network-alias redis --tmpfs /data "$redis"
printf 'postgres://app:%s@postgres:5432/app\\nredis://redis:6379\\npostgres://app:%s@postgres:5432/empty\\n' "$password" "$password" |
  docker run --rm --interactive --user 0 --entrypoint sh --volume "$name-secrets:/secrets" --volume "$name-uploads:/uploads" "$postgres" -euc '
    umask 077; for file in database-url redis-url empty-url; do IFS= read -r url; printf %s "$url" >"/secrets/$file"; done
    chown "root:$1" /secrets /secrets/*; chmod 0750 /secrets; chmod 0440 /secrets/*; chown "$1:$1" /uploads' sh "$user"
tries=0
until docker exec "$name-postgres" pg_isready -q -h 127.0.0.1 -U app; do
  tries=$((tries + 1)); [ $tries -lt 120 ] || { docker logs --tail 20 "$name-postgres" >&2; exit 1; }; sleep 0.5
done
docker exec "$name-postgres" createdb -h 127.0.0.1 -U app empty
`;

const CLEAR = `
for kind in container network volume; do
  case $kind in container) list="container ls --all --quiet" remove="container rm --force --volumes" ;; *) list="$kind ls --quiet" remove="$kind rm" ;; esac
  found=$(docker $list --filter "label=${label}=$1")
  [ -z "$found" ] || docker $remove $found
done
`;

export interface Described { key: number | string; rows: { table: string; column: string }[]; files: string[]; hostTables: string[] }

export class Site {
  readonly options: SiteOptions;
  readonly name: string;
  #main: Promise<Served> | undefined;
  #tokens: Promise<Record<string, string>> | undefined;
  #containers = 0;
  readonly #described = new Map<string, Promise<Described>>();
  constructor(options: SiteOptions) {
    this.options = options;
    this.name = `etage-check-${options.id}`;
  }

  get domain(): string { return this.options.platform.domain; }
  get app(): Fleet["platform"]["app"] { return this.options.platform.app; }

  async build(password: string): Promise<void> {
    const { id, postgres, redis, runner } = this.options;
    await mustRun(runner, "starting PostgreSQL and Redis", script("build-check", BUILD, id, postgres, redis, APP_USER), { stdin: `${password}\n`, timeout: 600_000 });
  }

  async clear(): Promise<void> {
    await mustRun(this.options.runner, "removing what the check made", script("clear-check", CLEAR, this.options.id));
  }

  run(command: Command, stdin = "", seconds = 60): Promise<Result> {
    return this.options.runner.run(command, { stdin, timeout: seconds * 1000 });
  }

  /** As `deploy` would start it on a host; `more`: settings that differ, "" takes one away. */
  container(more: Record<string, string> = {}): string[] {
    const settings = { ...environmentOf(this.options.platform, "check"), DRAIN_SECONDS: String(grace), ...more };
    return [
      "--label", `${label}=${this.options.id}`, "--network", this.name, "--group-add", String(APP_USER),
      "--volume", `${this.name}-secrets:/run/secrets:ro`, "--volume", `${this.name}-uploads:/data/uploads`,
      ...Object.entries(settings).filter(([, value]) => value !== "").flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ];
  }

  /** Runs one of the image's commands to its end. */
  command(words: readonly string[], { stdin = "", more = {} }: { stdin?: string; more?: Record<string, string> } = {}): Promise<Result> {
    return this.run(["docker", "run", "--rm", ...(stdin === "" ? [] : ["--interactive"]), ...this.container(more), this.options.image, ...words], stdin);
  }

  /** The same; a code other than 0 breaks the clause. Resolves with the standard output. */
  async fine(words: readonly string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.command(words, stdin === undefined ? {} : { stdin });
    must(code === 0, `expected \`${words.join(" ")}\` to end with 0, got ${code}: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    return stdout;
  }

  /** Starts a process of the image that goes on. */
  async start(command: "serve" | "work", more: Record<string, string> = {}): Promise<Served> {
    this.#containers += 1;
    const name = `${this.name}-${command}-${this.#containers}`;
    const ports = command === "serve" ? ["--publish", `127.0.0.1::${this.app.port}`, "--publish", "127.0.0.1::9394"] : [];
    await mustRun(this.options.runner, `starting \`${command}\``, ["docker", "run", "--detach", "--name", name, ...ports, ...this.container(more), this.options.image, command]);
    const served = new Served(this, name);
    if (command === "serve") await served.listens();
    return served;
  }

  /** The one that most clauses ask; ready. */
  main(): Promise<Served> {
    return this.#main ??= this.start("serve").then(async (served) => {
      await served.ready();
      return served;
    });
  }

  tokens(): Promise<Record<string, string>> {
    return this.#tokens ??= this.fine(["token", "--name", "check"]).then((text) => json("token", text));
  }

  async as(slug: string): Promise<Record<string, string>> {
    return { authorization: `Bearer ${(await this.tokens())[slug] ?? ""}` };
  }

  /** Asked once for each; the answer needs no database. */
  described(slug: string): Promise<Described> {
    const known = this.#described.get(slug) ?? this.fine(["describe", slug]).then((text) => json<Described>("describe", text));
    this.#described.set(slug, known);
    return known;
  }

  /** Rows of a statement, past all policies. */
  async sql<T = Record<string, unknown>>(text: string): Promise<T[]> {
    return JSON.parse(await this.psql(`select coalesce(json_agg(found), '[]') from (${text}) found`)) as T[];
  }

  psql(text: string, database = "app"): Promise<string> {
    return mustRun(this.options.runner, "asking the database", ["docker", "exec", "--interactive", `${this.name}-postgres`, "psql", "-U", "app", "-d", database, "-qtAX", "-v", "ON_ERROR_STOP=1"], { stdin: text });
  }
}

/** Waits until it holds, looking five times a second; false when it still does not. */
export async function within(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) if (await holds()) return true;
  return holds();
}
