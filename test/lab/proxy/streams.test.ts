/** With a real proxy: which of a customer's open streams a cutover ends, and which only the app itself can. */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
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

it("one that came by the customer's own route is cut at once; one that was open before there was such a route stays", async () => {
  const road = site.road();
  try {
    /** Who ended it. The release does after eight seconds, as one that never would. */
    const open = async (): Promise<string> => {
      const { headers, body } = await request("https://acme.example.com/events?ms=8000", { dispatcher: road });
      await body.dump();
      return headers["x-release"] as string | undefined ?? "the proxy";
    };
    const before = open();
    await sleep(500);
    await site.must(deployMove("acme", { ...site.route(old, hosts), streams: ["/events"] }));
    const since = open();
    await sleep(500);
    const began = performance.now();
    await site.must(deployMove("acme", { ...site.route(next, hosts), streams: ["/events"], drainSeconds: 1 }));
    expect(await since).toBe("the proxy");
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await before).toBe("v1");
  } finally {
    await road.destroy();
  }
}, 60_000);
