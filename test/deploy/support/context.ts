/** A context whose hosts are scripted; the journal is real, and so is the registry, which listens on loopback. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../deploy/errors.ts";
import type { Context } from "../../../deploy/context.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Release } from "../../../deploy/rollout/release.ts";
import { wantedOf } from "../../../deploy/rollout/wanted.ts";
import type { Fleet } from "../../../model/fleet.ts";
import { outputsOf, v1, v2 } from "./fleet.ts";
import { type Look, looks, serving } from "./observation.ts";
import { ScriptedRunner } from "./scripted.ts";

export interface Told { text: string[]; data: unknown[] }

/** What each host runs: a release, more than that, or nothing that answers. */
export type Hosts = Record<string, Release | { release: Release; look: Partial<Look> } | "silent">;

export interface Stage { context: Context; told: Told; hosts: Hosts; close(): void }

/** `hosts` may be changed between two commands. */
export async function openStage(fleet: Fleet, hosts: Hosts, at = "2026-05-01T10:00:00Z"): Promise<Stage> {
  const registry = await openRegistry();
  const repository = { registry: `127.0.0.1:${(registry.address() as AddressInfo).port}`, path: "shop/app" };
  const told: Told = { text: [], data: [] };
  const stage: Stage = {
    told, hosts, close: () => registry.close(),
    context: {
      root: "/", fleet, repository, journal: openSqlite(":memory:"), signal: new AbortController().signal, now: () => new Date(at), shortId: () => "abc123",
      environment: { operator: "ada", machine: "laptop", sshKey: undefined, sshAgent: undefined, resolver: undefined, registry: undefined, state: undefined, pulumiBackend: undefined } as Context["environment"],
      report: { event: () => {}, text: (text) => told.text.push(text), data: (value) => told.data.push(value) },
      outputs: async (host) => outputsOf(host), secretFiles: async () => [],
      host: (name) => fleet.host(name) ?? (() => { throw new UserError(`there is no host ${name}`, { code: 2 }); })(),
      async connect(name) {
        const runs = stage.hosts[name];
        if (!runs || runs === "silent") throw new UserError(`${name} does not answer`);
        const { release, look } = "look" in runs ? runs : { release: runs, look: {} };
        const wanted = wantedOf(fleet.platform, fleet.host(name)!, outputsOf(name), { ...release, repository: `${repository.registry}/${repository.path}` });
        return new ScriptedRunner([{ when: /^printf/, answer: { stdout: looks(serving(wanted, { images: [release.digest], ...look }), name) } }]);
      },
      close: async () => {},
    },
  };
  return stage;
}

/** v1 and v2 share a layer of 30 MB; v2 has one of 12 MB of its own. */
async function openRegistry(): Promise<Server> {
  const layers = { [v1.digest]: [["base", 30e6], ["one", 11e6]], [v2.digest]: [["base", 30e6], ["two", 12e6]] } as Record<string, [string, number][]>;
  const tags: Record<string, string> = { v1: v1.digest, v2: v2.digest };
  const server = createServer(({ url = "" }, response) => {
    const reference = decodeURIComponent(url.split("/").at(-1)!);
    const digest = tags[reference] ?? reference;
    if (!layers[digest]) return void response.writeHead(404).end();
    response.writeHead(200, { "docker-content-digest": digest }).end(JSON.stringify({ layers: layers[digest].map(([digest, size]) => ({ digest, size })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
