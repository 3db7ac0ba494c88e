/** A small platform for tables and transcripts: one shared host with three customers, one dedicated. */
import { fleet, type Fleet } from "../../../model/fleet.ts";
import { customers, hosting } from "../../../model/schema.ts";
import { fingerprint, type Outputs, type Secrets } from "../../../model/outputs.ts";

export function smallFleet(change: { rollout?: object; customers?: object[]; backup?: object } = {}): Fleet {
  const platform = hosting.parse({
    name: "shop", domain: "example.com", location: "fsn1",
    services: { postgres: { image: "postgres:18", memoryMegabytes: 512 }, redis: { image: "redis:7", memoryMegabytes: 64 }, proxy: { image: "proxy:1", memoryMegabytes: 64 } },
    app: { image: "registry.example.com/shop/app" },
    tiers: { shared: { placement: "shared", serverType: "cx33" }, dedicated: { placement: "dedicated", serverType: "cx23" } },
    rollout: { gate: { attempts: 3, intervalSeconds: 0.5, timeoutSeconds: 3, successes: 2 }, drainSeconds: 30, ...change.rollout },
    ...(change.backup ? { backup: change.backup } : {}),
  });
  const list = change.customers ?? [
    { slug: "acme", name: "Acme", tier: "shared" }, { slug: "beta", name: "Beta", tier: "shared", hostnames: ["beta.shop"] },
    { slug: "gone", name: "Gone", tier: "shared", status: "suspended" }, { slug: "orion", name: "Orion", tier: "dedicated", phase: "live" },
  ];
  return fleet(platform, customers.parse({ customers: list }).customers);
}

export const secretsOf: Secrets = { databaseUrl: "postgres://app:hidden-database@postgres:5432/app", redisUrl: "redis://:hidden-redis@redis:6379", certificateKey: "hidden-key" };

export const outputsOf = (host: string): Outputs => ({
  host, address: "203.0.113.7", privateAddress: "10.0.1.2", user: "deploy", hostKey: "ssh-ed25519 AAAA", dataPath: "/mnt/data", network: "etage",
  services: ["proxy", "postgres", "redis"], hostnames: ["example.com", "*.example.com"],
  certificate: "CERTIFICATE", database: { user: "app", name: "app" },
  fingerprints: { databaseUrl: fingerprint(secretsOf.databaseUrl), redisUrl: fingerprint(secretsOf.redisUrl), certificateKey: fingerprint(secretsOf.certificateKey) },
});

export const v1 = { version: "v1", digest: `sha256:${"1".repeat(64)}`, repository: "registry.example.com/shop/app" };
export const v2 = { version: "v2", digest: `sha256:${"2".repeat(64)}`, repository: "registry.example.com/shop/app" };
