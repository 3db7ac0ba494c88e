/** With a real proxy: which of a customer's open streams a cutover ends. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deployMove, deployRoute } from "../../../deploy/host/proxy.ts";
import { openProxySite, type ProxySite } from "./site.ts";

const hosts = ["acme.example.com"];

let site: ProxySite;
let old: string;
let next: string;

beforeAll(async () => {
  site = openProxySite();
  old = site.release("v1");
  next = site.release("v2");
  await site.must(deployRoute(site.route(old, ["*.example.com"])));
});
afterAll(() => site?.remove());

/** Who ended it: a release, or the proxy. */
const open = async (road: Dispatcher, milliseconds: number): Promise<string> => {
  const { headers, body } = await request(`https://acme.example.com/events?ms=${milliseconds}`, { dispatcher: road });
  await body.dump();
  return headers["x-release"] as string | undefined ?? "the proxy";
};
const lead = (target: string) => deployMove("acme", { ...site.route(target, hosts), streams: ["/events"], drainSeconds: 1 });

it("none, whether it came by the app's route or by the customer's own: the app has to end them", async () => {
  const road = site.road();
  try {
    const before = open(road, 5000);
    await sleep(500);
    await site.must(lead(old));
    const since = open(road, 4500);
    await sleep(500);
    const began = performance.now();
    await site.must(lead(next));
    // Nobody waits for their end, and whoever comes now is at the new one.
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await open(road, 100)).toBe("v2");
    expect(await Promise.all([before, since])).toEqual(["v1", "v1"]);
  } finally {
    await road.destroy();
  }
}, 60_000);

it("nor does a route that is led where it leads already", async () => {
  const road = site.road();
  try {
    await site.must(lead(next));
    const since = open(road, 2500);
    await sleep(300);
    await site.must(lead(next));
    expect(await since).toBe("v2");
  } finally {
    await road.destroy();
  }
}, 60_000);
