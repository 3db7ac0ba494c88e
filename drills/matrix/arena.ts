/** Three hosts with quick gates and the releases that the matrix rolls over them; brought up once, used by all cells. */
import { join } from "node:path";
import { parseDocument } from "yaml";
import { readModel } from "../../model/read.ts";
import { type Machines, machinesOf } from "../site/machines.ts";
import { bringUp, stacks } from "../site/platform.ts";
import type { Site } from "../site/site.ts";
import { restore } from "./restore.ts";
import type { Rolled } from "./rows.ts";

export interface Arena {
  site: Site;
  machines: Machines;
  /** In the order in which a rollout visits them. */
  hosts: readonly string[];
  /** Slug → host. */
  hostOf: Record<string, string>;
  /** Version of each kind of release; of the sound ones two, to go from one to the other. */
  versions: Partial<Record<Exclude<Rolled, "sound">, string>> & { sound: readonly [string, string] };
}

/** As short as still tells a sound release from a bad one. */
const QUICK = {
  rings: [{ hosts: ["helmex"] }, { tier: "dedicated" }, { tier: "shared" }],
  canary: { customers: ["acme"], watchSeconds: 1 },
  gate: { attempts: 8, intervalSeconds: 0.3, timeoutSeconds: 2, successes: 2, steadySeconds: 2 },
  drainSeconds: 5,
  // Every release stays on its hosts; where a pull matters, the image is taken away first.
  keepReleases: 12,
};

/** Changes the copy's hosting.yaml; call `soften` to undo it. */
export function quicken(site: Site): () => void {
  let before = "";
  site.edit("hosting.yaml", (text) => {
    before = text;
    const document = parseDocument(text);
    document.set("rollout", document.createNode(QUICK));
    return String(document);
  });
  return () => site.edit("hosting.yaml", () => before);
}

/** Builds what the matrix rolls, as far as it is not there. `prefix` keeps the versions apart from others in the same site. */
export async function buildReleases(site: Site, prefix: string, kinds: ReadonlySet<Rolled>): Promise<Arena["versions"]> {
  const versions = { sound: [`${prefix}-one`, `${prefix}-two`] as const, told: `${prefix}-told`, "migration-fails": `${prefix}-fails`, "migration-hangs": `${prefix}-hangs` };
  const { releases } = JSON.parse(await site.must(["bin/deploy", "releases", "--json"])) as { releases: { version: string }[] };
  const build = async (version: string, fault: string): Promise<void> => {
    if (releases.some((one) => one.version === version)) return;
    const context = join(site.directory, ".etage", `context-${version}`);
    await site.must(["drills/release/context", fault, context]);
    await site.must(["bin/deploy", "release", "build", version, "--context", context]);
  };
  // Each has a migration that the other has not, so that there is always one to run.
  for (const version of versions.sound) await build(version, "none");
  for (const kind of ["told", "migration-fails", "migration-hangs"] as const) if (kinds.has(kind)) await build(versions[kind], kind);
  return versions;
}

export async function openArena(site: Site, versions: Arena["versions"]): Promise<Arena> {
  const { fleet } = readModel(site.directory);
  const hostOf = Object.fromEntries(fleet.hosts.flatMap(({ name, customers }) => customers.map(({ slug }) => [slug, name])));
  return { site, machines: await machinesOf(site), hosts: ["helmex", "orion", "shared"], hostOf, versions };
}

/** Everything that is missing, up to one sound release on all hosts. */
export async function raiseArena(site: Site, kinds: ReadonlySet<Rolled>): Promise<Arena> {
  quicken(site);
  const known = JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as { name: string }[];
  await bringUp(site, stacks.filter((stack) => !known.some(({ name }) => name === stack)));
  const versions = await buildReleases(site, "m", kinds);
  const arena = await openArena(site, versions);
  await restore(arena);
  return arena;
}
