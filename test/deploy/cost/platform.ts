/** A platform whose figures are told by the test. */
import { fleet, type Fleet } from "../../../model/fleet.ts";
import { customers, hosting } from "../../../model/schema.ts";
import type { Prices } from "../../../deploy/prices/prices.ts";

export const fleetOf = (list: object[], change: object = {}, tiers: { shared?: object; dedicated?: object } = {}): Fleet => fleet(hosting.parse({
  name: "shop", domain: "example.com", location: "fsn1",
  services: { postgres: { image: "postgres:18", memoryMegabytes: 512 }, redis: { image: "redis:7", memoryMegabytes: 64 }, proxy: { image: "proxy:1", memoryMegabytes: 64 } },
  app: { image: "registry.example.com/shop/app" },
  tiers: {
    shared: { placement: "shared", serverType: "cx23", monthlyPrice: 49, ...tiers.shared },
    dedicated: { placement: "dedicated", serverType: "cx33", monthlyPrice: 249, ...tiers.dedicated },
  },
  ...change,
}), customers.parse({ customers: list }).customers);

export const many = (count: number, more: object = {}, name = "c") => Array.from({ length: count }, (_, at) => ({ slug: `${name}${at}`, name: "C", tier: "shared", ...more }));
export const dedicated = (count: number, more: object = {}) => many(count, { tier: "dedicated", phase: "live", ...more }, "d");

/** Only servers cost. */
export const pricesOf = (servers: Record<string, number>, more: Partial<Prices> = {}): Prices =>
  ({ source: "table", asOf: "2026-01-01", currency: "EUR", server: (type) => servers[type], address: () => 0, volumeGigabyte: 0, ...more });
