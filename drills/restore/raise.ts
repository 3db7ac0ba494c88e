/** A shared host that backs itself up into its lab's object store: what restores are tried on. */
import { enableBackups } from "../site/backups.ts";
import { bringUp, build } from "../site/platform.ts";
import type { Site } from "../site/site.ts";

export const HOST = "shared";

/** `furnish`: gives its customers what they have when the first backup is made. Resolves when there is one of the database and one of files. */
export async function raiseBackedUp(site: Site, furnish: () => Promise<unknown> = async () => {}): Promise<void> {
  await enableBackups(site);
  await build(site, "v1");
  await bringUp(site, [HOST]);
  await site.must(["bin/deploy", "update", HOST, "v1"]);
  await furnish();
  await site.must(["bin/deploy", "backup", "install", HOST]);
  for (const kind of ["database", "files"]) await site.must(["bin/deploy", "backup", "run", HOST, "--kind", kind]);
}

/** Without the customers that have hosts of their own: one machine is made instead of three. */
export function sharedOnly(site: Site): void {
  site.edit("customers.yaml", (text) => text.replace(/ {2}- slug: helmex[\s\S]*?(?= {2}# --- Shared)/, ""));
  site.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, ""));
}
