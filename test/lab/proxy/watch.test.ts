/** A release under its customers' requests, with a real proxy: one that is well stays, one that is not is told from it within seconds. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { parseObservation } from "../../../deploy/host/observe.ts";
import { CANARY, deployCanary, deployRoute, withdrawCanary } from "../../../deploy/host/proxy.ts";
import { parseTraffic, readTraffic } from "../../../deploy/host/traffic.ts";
import type { Job } from "../../../deploy/rollout/job.ts";
import { keepWatch } from "../../../deploy/rollout/keep-watch.ts";
import { recentPast } from "../../../deploy/rollout/watch.ts";
import { short } from "../../../drills/traffic/kinds.ts";
import { Tally } from "../../../drills/traffic/tally.ts";
import { outputsOf, smallFleet } from "../../deploy/support/fleet.ts";
import { openProxySite, type ProxySite } from "./site.ts";

const chosen = ["acme.example.com"];
const targets = ["acme", "beta"].map((slug) => ({ slug, hostname: `${slug}.example.com`, host: "shared" }));

let site: ProxySite;
let old: string;
const closing = new AbortController();
let load: Promise<void>;

beforeAll(async () => {
  site = openProxySite();
  old = site.release("v1");
  await site.must(deployRoute(site.route(old, ["example.com", "*.example.com"])));
  // The host's past: a few seconds of requests, which go on throughout.
  load = short({ road: site.road(), tally: new Tally(), signal: closing.signal }, targets, 50);
  await sleep(3000);
});
afterAll(async () => {
  closing.abort();
  await load;
  site?.remove();
});

/** What the watch of a release that acme got says after so many seconds. */
async function tried(container: string, seconds: number) {
  const fleet = smallFleet();
  const before = parseObservation("", []);
  before.traffic = parseTraffic(await site.must(readTraffic()));
  const job = { fleet, host: fleet.host("shared")!, outputs: { ...outputsOf("shared"), network: site.network }, runner: site.runner, before } as Pick<Job, "fleet" | "host" | "outputs" | "runner" | "before"> as Job;
  await site.must(deployCanary(site.route(container, chosen)));
  try {
    return await keepWatch(job, { container, service: CANARY, seconds, past: (reading) => recentPast(before.traffic, reading, 50) });
  } finally {
    await site.must(withdrawCanary(site.route(old, chosen)));
  }
}

describe("a release that is tried under load", () => {
  it("and is well is found well", async () => {
    const rates = await tried(site.release("v2"), 4);
    expect(rates).toMatchObject({ errors: 0, restarts: 0, down: [] });
    expect(rates.requests).toBeGreaterThan(100);
  });

  // Times are judged from ten seconds on.
  it.each<[string, Record<string, string>, number, RegExp]>([
    ["fails every request", { STATUS: "500" }, 5, /^shared: under customers' requests, 100 % of \d+ answers were errors \(500 and above\); before: 0 %$/],
    ["takes a third of a second longer", { MS: "350" }, 12, /^shared: under customers' requests, answers are slow: 95th percentile about \d+ ms; before: \d+ ms$/],
    ["dies every few seconds", { LIVES: "2" }, 5, /^shared: (the container died and (was started again|is started again and again)|\/health\/ready did not answer)/],
  ])("and %s is found out", async (_name, variables, seconds, fault) => {
    await expect(tried(site.release("v3", variables), seconds)).rejects.toThrow(fault);
  });

  it("is found well again when it is: what was seen of others is not held against it", async () => {
    expect((await tried(site.release("v4"), 3)).errors).toBe(0);
  });
});
