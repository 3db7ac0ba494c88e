/** A shared host with three customers; brought up once, used by all cells, each of which has a fourth one to itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { readModel } from "../../../model/read.ts";
import { ageLock } from "../../site/inspect.ts";
import { ageOperations } from "../../site/journal.ts";
import { type Machines, machinesOf } from "../../site/machines.ts";
import { enableBackups } from "../../site/backups.ts";
import { build, bringUp } from "../../site/platform.ts";
import type { Site } from "../../site/site.ts";
import { furnish } from "./look.ts";

export interface LifeArena { site: Site; machines: Machines; host: string }

const OTHERS = ["acme", "baykal", "ceviz"];
const RELEASE = "m-one";
/** A dead owner's lock lives no longer than this without a sign of life. */
const LONG_DEAD = 90;
export const DELIVERIES = ".etage/deliveries";

/** Quick gates, and a channel that a test can read. */
function simplify(site: Site): void {
  site.edit("hosting.yaml", (text) => {
    const document = parseDocument(text);
    document.set("rollout", document.createNode({ gate: { attempts: 8, intervalSeconds: 0.3, timeoutSeconds: 2, successes: 2, steadySeconds: 1 }, drainSeconds: 5, keepReleases: 12 }));
    document.set("credentials", document.createNode({ command: ["sh", "-c", `cat >>"$0"`, join(site.directory, DELIVERIES)] }));
    return String(document);
  });
  site.edit("customers.yaml", (text) => {
    const document = parseDocument(text);
    const entries = document.get("customers") as YAMLSeq<YAMLMap>;
    entries.items = entries.items.filter((entry) => OTHERS.includes(String(entry.get("slug"))));
    return String(document);
  });
}

/** `backups`: the host backs itself up, and has done so once. */
export async function raiseLifeArena(site: Site, { backups }: { backups: boolean }): Promise<LifeArena> {
  const known = (JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as { name: string }[]).map(({ name }) => name);
  simplify(site);
  if (backups) await enableBackups(site);
  if (!known.includes("shared")) await bringUp(site, ["shared"]);
  const { releases } = JSON.parse(await site.must(["bin/deploy", "releases", "--json"])) as { releases: { version: string }[] };
  if (!releases.some(({ version }) => version === RELEASE)) await build(site, RELEASE);
  const arena: LifeArena = { site, machines: await machinesOf(site), host: "shared" };
  await buryTheDead(arena);
  await site.must(["bin/deploy", "update", "shared", RELEASE, "--yes"]);
  for (const slug of OTHERS) await furnish(arena.machines, "shared", slug);
  if (backups) {
    await site.must(["bin/deploy", "backup", "install", "shared"]);
    await site.must(["bin/deploy", "backup", "run", "shared", "--kind", "database"]);
  }
  return arena;
}

/** A customer with a host of its own, which serves. */
export async function raiseOwn({ site }: Pick<LifeArena, "site">, slug: string): Promise<LifeArena> {
  await site.must(["bin/deploy", "customer", "add", slug, "--name", slug, "--email", `it@${slug}.example`, "--tier", "dedicated", "--phase", "live", "--yes"]);
  await bringUp(site, [slug]);
  await site.must(["bin/deploy", "update", slug, RELEASE, "--yes"]);
  return { site, machines: await machinesOf(site), host: slug };
}

/** What is left of a host of its own: machine and stack. */
export async function leftOf({ site }: Pick<LifeArena, "site">, host: string): Promise<string[]> {
  const stacks = JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as { name: string }[];
  return [...((await machinesOf(site)).has(host) ? [`the machine of ${host}`] : []), ...(stacks.some(({ name }) => name === host) ? [`the stack ${host}`] : [])];
}

/** Also of a host that is gone. */
export async function buryTheDead({ site, machines, host }: LifeArena): Promise<void> {
  if ((await machinesOf(site)).has(host)) await ageLock(machines, host, LONG_DEAD);
  await ageOperations(site, LONG_DEAD);
}

/** As customers.yaml says now; null: nobody of that name. */
export const statusInFile = ({ site }: Pick<LifeArena, "site">, slug: string): string | null => readModel(site.directory).fleet.customer(slug)?.customer.status ?? null;

export function deliveriesTo({ site }: Pick<LifeArena, "site">, slug: string): number {
  try {
    return readFileSync(join(site.directory, DELIVERIES), "utf8").split("\n").filter((line) => line.includes(`"slug":"${slug}"`)).length;
  } catch {
    return 0;
  }
}
