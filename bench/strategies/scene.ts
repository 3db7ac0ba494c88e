/** A shared host with an app that keeps its customers apart in a way that a move has another strategy for (drills/strategies). */
import { idsOn } from "../../drills/move/round.ts";
import type { Site } from "../../drills/site/site.ts";
import { bringUp } from "../../drills/site/platform.ts";

export type Keep = "databases" | "files";

/** Moves, once in each way. */
export const MOVED: Record<Keep, string> = { databases: "acme", files: "ege-tekstil" };
const CUSTOMERS = `customers:
  - { slug: acme, name: Acme, tier: shared }
  - { slug: ege-tekstil, name: Ege, tier: shared }
  - { slug: ceviz, name: Ceviz, tier: shared }
`;

/** The shared host and its release. */
export async function begin(site: Site): Promise<void> {
  site.edit("customers.yaml", () => CUSTOMERS);
  site.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, "").replace(/( +)environment: .*\n/, `$1databasePerCustomer: true\n$&$1  FILES: ${MOVED.files}\n`).replace(/^( +)streams: .*\n/m, ""));
  await bringUp(site, ["shared"]);
  await site.must(["drills/strategies/context", ".etage/keeper"]);
  await site.must(["bin/deploy", "release", "build", "v1", "--context", ".etage/keeper"]);
  await site.must(["bin/deploy", "update", "shared", "v1"]);
}

/** What the platform says of the app's customers; the app itself has both kinds at any time. */
export const declare = (site: Site, keep: Keep): void => site.edit("hosting.yaml", (text) => text.replace(/databasePerCustomer: .*/, `databasePerCustomer: ${keep === "databases"}`));

/** Reads the ids of all tickets of the customer on a host. */
export const idsOf = (keep: Keep): typeof idsOn => async (site, host) => {
  const slug = MOVED[keep];
  const line = keep === "databases" ? `docker exec postgres psql -U app -d app_${slug.replaceAll("-", "_")} -tAc 'select id from tickets'` : `sudo sh -c 'ls /mnt/*/uploads/${slug}/tickets'`;
  return new Set((await on(site, host, line)).split("\n"));
};

/** Runs a line of shell on a host, and gives what it printed. */
export async function on(site: Site, host: string, line: string): Promise<string> {
  const { code, stdout, stderr } = await site.run(["bin/deploy", "ssh", host, "--", line]);
  if (code !== 0) throw new Error(`${host}: ${line}: ${stderr}${stdout}`);
  return stdout;
}

/** Everything that a move or a customer who left should not leave on a host; empty when nothing is there. */
export async function tracesOn(site: Site, host: string, slug: string): Promise<string[]> {
  const server = `select 'slot ' || slot_name from pg_replication_slots union all select 'role ' || rolname from pg_roles where rolname like 'etage%' union all select 'subscription ' || subname from pg_subscription`;
  const databases = "select datname from pg_database where datallowconn and not datistemplate";
  const each = `select current_database() || ' schema ' || nspname from pg_namespace where nspname like 'etage%' union all select current_database() || ' publication ' || pubname from pg_publication`;
  const ask = (database: string, text: string): string => `docker exec postgres psql -XqAt -U app -d ${database} -c "${text}"`;
  return (await on(site, host, `set -e
${ask("app", server)}
for each in $(${ask("app", databases)}); do
  case $each in app_*) echo "database $each" ;; esac
  ${ask("$each", each)}
done
sudo sh -c 'ls -d /mnt/*/uploads/${slug} 2>/dev/null | sed "s/^/files /"; find /var/lib/etage/move -mindepth 1 2>/dev/null; ls /etc/systemd/system | grep -E "^etage-(link|watchdog|names)" || true'`)).split("\n").filter(Boolean);
}
