/** A context whose hosts are scripted; the journal is real, and so is the registry, which listens on loopback. */
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../deploy/errors.ts";
import type { Context } from "../../../deploy/context.ts";
import type { Migration } from "../../../deploy/journal/journal.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { openRegistry } from "../../../deploy/registry/client.ts";
import { factsReader } from "../../../deploy/release/facts.ts";
import { MIGRATIONS_LABEL } from "../../../deploy/release/migrations.ts";
import { wantedOf } from "../../../deploy/rollout/wanted.ts";
import type { Fleet } from "../../../model/fleet.ts";
import { outputsOf } from "./fleet.ts";
import { type Look, looks, serving } from "./observation.ts";
import { ScriptedRunner } from "./scripted.ts";

export interface Told { text: string[]; data: unknown[] }

export interface Built { migrations: Migration[]; /** Sizes of layers by name. */ layers: Record<string, number> }

/** What each host runs, and which images it has besides; "silent": it does not answer. */
export type Hosts = Record<string, { runs: string; has?: string[]; look?: Partial<Look> } | "silent">;

export interface Stage { context: Context; told: Told; /** May be changed between two commands. */ hosts: Hosts; close(): void }

export async function openStage(fleet: Fleet, releases: Record<string, Built>, hosts: Hosts, at = "2026-05-01T10:00:00Z"): Promise<Stage> {
  const { content, digests } = images(releases);
  const server = await serve(content, digests);
  const repository = { registry: `127.0.0.1:${(server.address() as AddressInfo).port}`, path: "shop/app" };
  const registry = openRegistry(repository);
  const told: Told = { text: [], data: [] };
  const journal = openSqlite(":memory:");
  const context: Context = {
    root: "/", fleet, repository, registry, journal, signal: new AbortController().signal, now: () => new Date(at), shortId: () => "abc123",
    environment: { operator: "ada", machine: "laptop" } as Context["environment"], registryConfig: async () => undefined, facts: factsReader(() => registry, () => journal),
    report: { event: () => {}, text: (text) => told.text.push(text), data: (value) => told.data.push(value) },
    outputs: async (host) => outputsOf(host), secretFiles: async () => [],
    host: (name) => fleet.host(name) ?? (() => { throw new UserError(`there is no host ${name}`, { code: 2 }); })(),
    async connect(name) {
      const host = stage.hosts[name];
      if (!host || host === "silent") throw new UserError(`${name} does not answer`);
      const release = { version: host.runs, digest: digests.get(host.runs)!, repository: `${repository.registry}/${repository.path}` };
      const has = [host.runs, ...host.has ?? []].map((version) => digests.get(version)!);
      return new ScriptedRunner([{ when: /^printf/, answer: { stdout: looks(serving(wantedOf(fleet.platform, fleet.host(name)!, outputsOf(name), release), { images: has, ...host.look }), name) } }]);
    },
    reread: () => {}, close: async () => {},
  };
  const stage: Stage = { context, told, hosts, close: () => server.close() };
  return stage;
}

/** Everything that a registry has under a digest, and the digest of each version. */
function images(releases: Record<string, Built>): { content: Map<string, string>; digests: Map<string, string> } {
  const content = new Map<string, string>();
  const put = (value: object): { digest: string; size: number } => {
    const text = JSON.stringify(value);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    content.set(digest, text);
    return { digest, size: text.length };
  };
  const digests = new Map(Object.entries(releases).map(([version, { migrations, layers }]) => [version, put({
    config: put({ config: { Labels: { [MIGRATIONS_LABEL]: JSON.stringify(migrations) } } }), layers: Object.entries(layers).map(([digest, size]) => ({ digest, size })),
  }).digest]));
  return { content, digests };
}

async function serve(content: ReadonlyMap<string, string>, digests: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    const reference = decodeURIComponent(url.split("/").at(-1)!);
    const digest = digests.get(reference) ?? reference;
    const text = content.get(digest);
    if (text === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "docker-content-digest": digest }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
