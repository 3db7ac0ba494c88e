/** Ten customers on a shared host that backs itself up, each with orders and tickets; nobody is held up by limits. */
import { HOST, raiseBackedUp } from "../../drills/restore/raise.ts";
import { machinesOf } from "../../drills/site/machines.ts";
import type { Site } from "../../drills/site/site.ts";
import { type Ledger, openLedger } from "../../drills/move/ledger.ts";
import { type Target, targetsOf } from "../../drills/traffic/road.ts";
import { tokensOf } from "../../drills/traffic/tokens.ts";
import { startTraffic, type Traffic } from "../../drills/traffic/traffic.ts";
import { cloneWithLab } from "../../test/support/clone.ts";

/** Of the ten: who is taken back, and who writes beside the while. */
export const SLUG = "acme";
export const WRITER = "c1";
const CUSTOMERS = 10;
/** Of each customer. */
const ORDERS = 2000;

export interface Scene {
  clone: Site;
  target(slug: string): Target;
  sql(text: string): Promise<string>;
  /** Somebody who writes and reads so often a second, and remembers. */
  ledger(slug: string, writes: number, reads: number): Ledger;
  /** Everybody else: so many short requests a second and customer. */
  traffic(rate: number, without: readonly string[]): Traffic;
}

/** `size`: share of rows. */
export async function openScene(size: number): Promise<Scene> {
  const clone = await cloneWithLab("epica.com.tr");
  try {
    const limits = "limits: { users: 1000, storageMegabytes: 100000, apiCallsPerHour: 100000000 }";
    const slugs = [SLUG, ...Array.from({ length: CUSTOMERS - 1 }, (_, at) => `c${at + 1}`)];
    clone.edit("customers.yaml", () => `customers:\n${slugs.map((slug) => `  - { slug: ${slug}, name: Customer ${slug}, tier: shared, ${limits} }\n`).join("")}`);
    clone.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, ""));
    const sql = async (text: string): Promise<string> => (await machinesOf(clone)).inside(HOST, `docker exec -i postgres psql -U app -d app -XAtq -v ON_ERROR_STOP=1 <<'SQL'\n${text}\nSQL\n`);
    await raiseBackedUp(clone, () => sql(`insert into orders (organisation_id, reference, status) select o.id, 'seed-' || n, 'paid' from organisations o, generate_series(1, ${Math.round(ORDERS * size)}) n;
      insert into order_items (organisation_id, order_id, product, quantity, unit_price) select r.organisation_id, r.id, 'Product ' || n, 1, 100 from orders r, generate_series(1, 3) n;`));
    const environment = { ...process.env, ...clone.environment };
    const targets = targetsOf(clone.directory);
    const tokens = await tokensOf(clone.directory, clone.environment, targets);
    const target = (slug: string): Target => targets.find((one) => one.slug === slug)!;
    return {
      clone, target, sql,
      ledger: (slug, writes, reads) => openLedger({ target: target(slug), environment, tokens, writes, reads }),
      traffic: (rate, without) => startTraffic({ targets: targets.filter(({ slug }) => !without.includes(slug)), environment, tokens, rate }),
    };
  } catch (error) {
    await clone.remove();
    throw error;
  }
}
