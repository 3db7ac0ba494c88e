/** A shared host that backs up into its lab's store, with customers who have something to lose. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { furnish } from "../matrix/life/look.ts";
import { enableBackups } from "../site/backups.ts";
import { machinesOf } from "../site/machines.ts";
import { bringUp, build } from "../site/platform.ts";
import type { Site } from "../site/site.ts";

const CUSTOMERS = ["acme", "baykal", "ceviz"];
export const HOST = "shared";

/** `more`: of `backup:` in hosting.yaml. Nobody says `backup install`: the first release sets the host up. */
export async function raisePlatform(site: Site, release: string, more: string): Promise<void> {
  site.edit("customers.yaml", (text) => {
    const document = parseDocument(text);
    const entries = document.get("customers") as YAMLSeq<YAMLMap>;
    entries.items = entries.items.filter((entry) => CUSTOMERS.includes(String(entry.get("slug"))));
    return String(document);
  });
  site.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, ""));
  await enableBackups(site, more);
  await Promise.all([bringUp(site, [HOST]), build(site, release)]);
  await site.must(["bin/deploy", "update", HOST, release, "--yes"]);
  const machines = await machinesOf(site);
  for (const slug of CUSTOMERS) await furnish(machines, HOST, slug);
  await backedUp(site);
}

export interface Stands { wrong: string[]; state: { newest: Record<string, unknown> } | null }

/** As `backup status` has it. */
export async function standing(site: Site): Promise<Stands> {
  return (JSON.parse((await site.run(["bin/deploy", "backup", "status", HOST, "--json"])).stdout) as { hosts: Stands[] }).hosts[0]!;
}

/** When the first backups and the first proof, which begin by themselves, are there. */
async function backedUp(site: Site): Promise<void> {
  for (let left = 90; ; left -= 1) {
    const { state, wrong } = await standing(site);
    if (["database", "files", "customers", "verify"].every((kind) => state?.newest[kind])) return;
    if (left === 0) throw new Error(`the first backups did not come: ${wrong.join("; ")}`);
    await sleep(2000);
  }
}
