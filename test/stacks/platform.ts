/** A small platform: one shared host, one live and one staged dedicated customer. */
import { customers as customersSchema, hosting as hostingSchema } from "../../model/schema.ts";

export const platform = hostingSchema.parse({
  name: "demo",
  domain: "example.com",
  zones: ["example.net"],
  location: "fsn1",
  operators: [{ name: "ayse", publicKey: "ssh-ed25519 AAAAayse ayse@desk" }],
  services: {
    postgres: { image: "postgres:18", memoryMegabytes: 512 },
    redis: { image: "redis:7", memoryMegabytes: 64 },
    proxy: { image: "basecamp/kamal-proxy:v0.9.2", memoryMegabytes: 96 },
  },
  app: { image: "registry.example.com/demo/app" },
  tiers: {
    shared: { placement: "shared", serverType: "cx33", volumeGigabytes: 40 },
    dedicated: { placement: "dedicated", serverType: "cx23" },
  },
});

export const { customers } = customersSchema.parse({
  customers: [
    { slug: "acme", name: "Acme", tier: "shared" },
    { slug: "helmex", name: "Helmex", tier: "dedicated", phase: "live", hostnames: ["www.example.net", "portal.example.org"] },
    { slug: "orion", name: "Orion", tier: "dedicated", phase: "staged" },
  ],
});
