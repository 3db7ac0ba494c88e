/** The status of a host, and the table. */
import { describe, expect, it } from "vitest";
import { parseObservation } from "../../../deploy/host/observe.ts";
import { hostStatus, silentHost } from "../../../deploy/status/host-status.ts";
import { statusTable } from "../../../deploy/status/table.ts";
import { outputsOf, smallFleet, v1 } from "../support/fleet.ts";
import { wantedFor } from "../support/job.ts";
import { type Look, looks, serving } from "../support/observation.ts";

const fleet = smallFleet();
const host = fleet.host("shared")!;
const now = new Date("2026-01-03T00:00:00Z");
const wanted = wantedFor(v1, "shared");
const status = (more: Partial<Look> = {}, faults: { hostname: string; fault: string }[] = []) =>
  hostStatus(host, outputsOf("shared"), parseObservation(looks(serving(wanted, more), "shared"), ["proxy", "postgres", "redis"]), faults, undefined, now);

describe("a host's status", () => {
  it("has the shape that programs read", () => {
    expect(status()).toEqual({
      name: "shared", kind: "shared", tier: "shared", phase: "live", address: "203.0.113.7", customers: ["acme", "beta", "gone"],
      release: { version: "v1", digest: v1.digest, since: "2026-01-01T00:00:00Z" },
      health: { ok: true, checks: [
        { name: "reachable", ok: true, detail: "deploy@203.0.113.7" }, { name: "app", ok: true, detail: "app-v1-old" },
        { name: "customer acme", ok: true, detail: "1 name" }, { name: "customer beta", ok: true, detail: "2 names" }, { name: "customer gone", ok: true, detail: "1 name" },
      ] },
      services: [{ name: "proxy", ok: true }, { name: "postgres", ok: true }, { name: "redis", ok: true }],
      resources: { load: 0.25, memoryPercent: 25, diskPercent: 25, backupAgeSeconds: 3600, certificateDays: null },
    });
  });
  it.each([
    ["a customer's name", status({}, [{ hostname: "beta.shop", fault: "answered 502 instead of 200" }]), "customer beta", "beta.shop answered 502 instead of 200"],
    ["a dead container", status({ apps: [{ name: "app-v1-old", release: "v1", digest: v1.digest, status: "exited" }] }), "app", "app-v1-old is exited"],
    ["a container that is gone", status({ apps: [] }), "app", "the proxy's container app-v1-old is gone"],
    ["no release", status({ route: undefined, apps: [] }), "app", "no release runs here yet"],
    ["a canary that leads nowhere", status({ canary: { container: "app-v2-dead", hosts: ["acme.example.com"] } }), "canary", "acme.example.com on app-v2-dead, which is gone"],
    ["a full disk", status({ freeBytes: 1e9 }), "disk", "98% used"],
  ])("is ill for %s", (_name, { health }, name, detail) => {
    expect(health.ok).toBe(false);
    expect(health.checks.filter(({ ok }) => !ok)).toEqual([{ name, ok: false, detail }]);
  });
  it("says who goes first, and with what", () => {
    const { apps = [] } = serving(wanted);
    const { health } = status({ apps: [...apps, { name: "app-v2-new", release: "v2", digest: "sha256:2" }], canary: { container: "app-v2-new", hosts: ["acme.example.com"] } });
    expect(health.ok).toBe(true);
    expect(health.checks).toContainEqual({ name: "canary", ok: true, detail: "acme.example.com on v2, running" });
  });
  it("is ill when a service is down", () => {
    const { health, services } = status({ services: { redis: "exited" } });
    expect(health.ok).toBe(false);
    expect(services.find(({ ok }) => !ok)).toEqual({ name: "redis", ok: false });
  });
});

it("the table shows a silent host as a row, and what is not well below", () => {
  const silent = silentHost(fleet.host("orion")!, "203.0.113.8", "orion does not answer");
  expect(statusTable(fleet, [status(), silent], now)).toBe([
    "HOST    TIER       CUSTOMERS  RELEASE  SINCE  HEALTH    LOAD  MEM  DISK  BACKUP  CERT",
    "shared  shared             3  v1       2 d    ok (3/3)   25%  25%   25%  60 min",
    "orion   dedicated          1  ?               down",
    "  ✗ orion: reachable: orion does not answer",
    "1 host on v1, 1 silent · not well: orion",
  ].join("\n"));
});

it("the table counts what those pay who are served", () => {
  const { tiers } = fleet.platform;
  const priced = { ...fleet, platform: { ...fleet.platform, tiers: { ...tiers, shared: { ...tiers.shared!, monthlyPrice: 49 } } } };
  expect(statusTable(priced, [status()], now)).toMatch(/ · customers pay €98\.00 a month$/);
});
