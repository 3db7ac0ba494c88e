/** What is allowed, but will not go well: warnings about numbers. */
import type { Tier } from "../schema.ts";
import { inHosting, type DraftCustomer, type Finding, type Rule } from "./draft.ts";
import { zoneOf, zonesOf } from "./hostnames.ts";

/** Zones created since September 2024 on the free plan; beyond it the API answers 81045. */
const FREE_PLAN_RECORDS = 200;

export const recordCount: Rule = {
  name: "record-count", severity: "warning",
  says: `More than ${FREE_PLAN_RECORDS} DNS records in a zone need a paid Cloudflare plan.`,
  *check(draft) {
    const zones = zonesOf(draft);
    const { domain } = draft.platform;
    if (!zones || domain === undefined) return;
    const count = new Map(zones.map((zone) => [zone, zone === domain ? 2 : 0]));
    for (const customer of draft.customers) {
      // The wildcard stands for everybody on the first shared host.
      const names = [...(hasOwnRecord(customer) ? [`${customer.value.slug}.${domain}`] : []), ...(customer.value.hostnames ?? [])];
      for (const name of names) {
        const zone = zoneOf(name, zones);
        if (zone !== undefined) count.set(zone, count.get(zone)! + 1);
      }
    }
    for (const [zone, records] of count) {
      const path = zone === domain ? ["domain"] : ["zones", zones.indexOf(zone) - 1];
      if (records > FREE_PLAN_RECORDS) yield inHosting(path, `the zone ${zone} comes to ${records} records; Cloudflare's free plan allows ${FREE_PLAN_RECORDS} (error 81045 beyond)`, "see that the zone is on a paid plan");
    }
  },
};

function hasOwnRecord({ value, tier }: DraftCustomer): boolean {
  if (tier?.placement === "dedicated" && value.phase === "live") return true;
  return value.host !== undefined && value.host !== "shared";
}

/** Database, logs of it, and room to breathe; the rest of a volume is for uploads. */
const UPLOADS_SHARE = 0.8;

export const storageFits: Rule = {
  name: "storage-fits", severity: "warning",
  says: `What customers of a host may upload (storageMegabytes) stays below ${UPLOADS_SHARE * 100} % of its data volume.`,
  *check(draft) {
    const firstShared = [...draft.tiers ?? []].find(([, tier]) => tier.placement === "shared");
    const onShared = draft.customers.filter((customer) => !hasOwnRecord(customer) && customer.tier);
    if (firstShared) yield* overbooked(firstShared, onShared, "host shared");
    for (const [name, tier] of draft.tiers ?? []) {
      if (tier.placement !== "dedicated") continue;
      const largest = draft.customers.filter((customer) => customer.tier === tier).sort((a, b) => promised(b) - promised(a))[0];
      if (largest) yield* overbooked([name, tier], [largest], `host ${largest.value.slug}`);
    }
  },
};

function* overbooked([tierName, tier]: [string, Partial<Tier>], customers: DraftCustomer[], host: string): Iterable<Finding> {
  if (tier.volumeGigabytes === undefined) return;
  const megabytes = customers.reduce((sum, customer) => sum + promised(customer), 0);
  if (megabytes > tier.volumeGigabytes * 1000 * UPLOADS_SHARE) {
    yield inHosting(["tiers", tierName, "volumeGigabytes"], `${host}: customers may upload ${megabytes} MB, but the volume has ${tier.volumeGigabytes} GB, a fifth of it for the database`, `at least ${Math.ceil(megabytes / 1000 / UPLOADS_SHARE)} would hold what is promised`);
  }
}

const promised = ({ value, tier }: DraftCustomer): number => value.limits?.storageMegabytes ?? tier?.limits?.storageMegabytes ?? 0;
