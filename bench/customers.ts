/** Many customers at once on a shared host, from the line in customers.yaml to the certificate of erasure, while others work there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { furnish, othersOf } from "../drills/matrix/life/look.ts";
import { askCustomers } from "../drills/site/customers.ts";
import { machinesOf } from "../drills/site/machines.ts";
import { bringUp, build } from "../drills/site/platform.ts";
import { targetsOf } from "../drills/traffic/road.ts";
import { during } from "../drills/traffic/traffic.ts";
import { readModel } from "../model/read.ts";
import { dayOf } from "../model/retention.ts";
import { cloneWithLab } from "../test/support/clone.ts";
import type { Options, Outcome } from "./main.ts";

const HOST = "shared";
/** Requests a second of each customer who was there before. */
const RATE = 1;
/** Of the many, so many have rows and files besides their admin. */
const FURNISHED = 5;

export async function run(progress: (line: string) => void, { size = 1 }: Options): Promise<Outcome> {
  const slugs = Array.from({ length: Math.max(2, Math.round(50 * size)) }, (_, index) => `many-${index}`);
  progress(`bringing up a lab and a shared host for ${slugs.length} more customers …`);
  const clone = await cloneWithLab("epica.com.tr");
  try {
    clone.edit("customers.yaml", (text) => text.replace(/ {2}- slug: helmex[\s\S]*?(?= {2}# --- Shared)/, ""));
    // Room for all: a gigabyte each.
    clone.edit("hosting.yaml", (text) => `${text.replace(/ +- hosts: \[helmex\].*\n/, "").replace("volumeGigabytes: 40 ", "volumeGigabytes: 100 ")}\ncredentials: { command: [sh, -c, 'cat >>.etage/deliveries'] }\n`);
    await bringUp(clone, [HOST]);
    await build(clone, "v1");
    await clone.must(["bin/deploy", "update", HOST, "v1", "--yes"]);
    const machines = await machinesOf(clone);
    const before = await othersOf(machines, HOST, "many-%");

    const rows: Outcome["rows"] = [];
    const timed = async (what: string, ...command: string[]): Promise<void> => {
      progress(`${what} …`);
      const began = performance.now();
      await clone.must(["bin/deploy", ...command]);
      rows.push({ what, values: [(performance.now() - began) / 1000] });
    };
    /** What stands in each one's entry; undefined: they stay out. */
    const write = (more: string): void => clone.edit("customers.yaml", (text) => `${text.replace(/\n {2}- \{ slug: many-.*/g, "").trimEnd()}\n${slugs.map((slug) => `  - { slug: ${slug}, name: ${slug}, tier: shared, email: it@${slug}.example${more} }`).join("\n")}\n`);
    const mustBeFine = async (when: string): Promise<void> => {
      const wrong = (await askCustomers(clone)).flatMap(({ slug, fault }) => fault === null ? [] : [`${slug}: ${fault}`]);
      if (wrong.length > 0) throw new Error(`${when}: ${wrong.join("; ")}`);
    };
    const apply = async (what: string, more: string): Promise<void> => {
      write(more);
      await timed(what, "apply", "--yes");
      await mustBeFine(what);
    };
    const traffic = await during({ targets: targetsOf(clone.directory), environment: clone.environment, rate: RATE }, async () => {
      await apply("added, a password each", "");
      for (const slug of slugs.slice(0, FURNISHED)) await furnish(machines, HOST, slug);
      await apply("suspended", ", status: suspended");
      await apply("resumed", "");
      await apply("removed", `, status: leaving, eraseOn: "${dayOf(new Date())}"`);
      await timed("erased, an archive and a certificate each", "erase", "--yes");
      await mustBeFine("after the erasure");
    });
    const folder = join(clone.directory, ".etage");
    const passwords = new Set(readFileSync(join(folder, "deliveries"), "utf8").trim().split("\n").map((line) => (JSON.parse(line) as { slug: string }).slug));
    const certificates = globSync(join(folder, "certificates/many-*.json")).length;
    const left = slugs.filter((slug) => readModel(clone.directory).fleet.customer(slug));
    const same = await othersOf(machines, HOST, "many-%") === before;
    if (passwords.size !== slugs.length || certificates !== slugs.length || left.length > 0 || !same || !existsSync(join(folder, "exports"))) {
      throw new Error(`${passwords.size} passwords, ${certificates} certificates, ${left.length} still in the file, others' data ${same ? "as it was" : "changed"}`);
    }
    return {
      rows, notes: [`${slugs.length} customers, ${FURNISHED} of them with 400 rows and 3 files; others' rows and files have the same checksums; ${traffic.failed} of ${traffic.sent} requests of those who were there before failed.`],
      figure: `${slugs.length} customers added in ${rows[0]!.values[0]!.toFixed(1)} s, erased in ${rows.at(-1)!.values[0]!.toFixed(0)} s; ${traffic.failed} of ${traffic.sent} requests of others failed`,
    };
  } finally {
    await clone.remove();
  }
}
