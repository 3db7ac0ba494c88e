/** Under load, with a real proxy: a few customers get a release first, and go back or on, without one failed request. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { deployCanary, deployRoute, listRoutes, parseRoutes, removeCanary, withdrawCanary } from "../../../deploy/host/proxy.ts";
import { parseTraffic, readTraffic } from "../../../deploy/host/traffic.ts";
import { ask, type Line } from "../../../drills/traffic/ask.ts";
import { short } from "../../../drills/traffic/kinds.ts";
import { Tally } from "../../../drills/traffic/tally.ts";
import { between } from "../../../deploy/rollout/watch.ts";
import { openProxySite, type ProxySite } from "./site.ts";

const everyone = ["example.com", "*.example.com"];
const chosen = ["acme.example.com"];
const acme = { slug: "acme", hostname: "acme.example.com", host: "shared" };
const beta = { slug: "beta", hostname: "beta.example.com", host: "shared" };

let site: ProxySite;
let old: string;
let fresh: string;

beforeAll(async () => {
  site = openProxySite();
  old = site.release("v1");
  fresh = site.release("v2");
  await site.must(deployRoute(site.route(old, everyone)));
});
afterAll(() => site?.remove());

/** Steady traffic of two customers, one of whom is the canary, while something is done; what each of them saw. */
async function underLoad(action: (line: Line) => Promise<void>): Promise<{ acme: Tally; beta: Tally }> {
  const road = site.road();
  const closing = new AbortController();
  const tallies = { acme: new Tally(), beta: new Tally() };
  const line = (tally: Tally): Line => ({ road, tally, signal: closing.signal });
  const loops = [short(line(tallies.acme), [acme], 100), short(line(tallies.beta), [beta], 50)];
  await sleep(300);
  try {
    await action(line(tallies.acme));
    await sleep(300);
  } finally {
    closing.abort();
    await Promise.all(loops);
    await road.close();
  }
  return tallies;
}

const slow = (line: Line): Promise<string | undefined> => ask(line, acme, { path: "/?ms=5000" });
const served = async (name: "app" | "canary"): Promise<string | undefined> => parseRoutes(await site.must(listRoutes()), name)?.container;

describe("a canary's route", () => {
  it("comes and is withdrawn a dozen times, and nobody sees a failed request", async () => {
    const { acme: first, beta: others } = await underLoad(async () => {
      for (let turn = 0; turn < 12; turn += 1) {
        await site.must(deployCanary(site.route(fresh, chosen)));
        await sleep(50);
        await site.must(withdrawCanary(site.route(old, chosen)));
      }
    });
    expect([first.summary().failures, others.summary().failures]).toEqual([[], []]);
    expect(Object.keys(first.summary().releases).sort()).toEqual(["v1", "v2"]);
    // Whoever is not chosen never meets the new release.
    expect(Object.keys(others.summary().releases)).toEqual(["v1"]);
    expect(await served("canary")).toBeUndefined();
  });

  it("waits for a request of 5 s when it is withdrawn: the new container may go afterwards", async () => {
    let answered: string | undefined;
    const { acme: first } = await underLoad(async (line) => {
      await site.must(deployCanary(site.route(fresh, chosen)));
      const pending = slow(line).then((text) => { answered = text; });
      await sleep(500);
      await site.must(withdrawCanary(site.route(old, chosen)));
      expect(answered).toBe('{"release":"v2"}');
      await pending;
    });
    expect(first.summary().failures).toEqual([]);
  });

  it("lets requests of the old release end when it comes, and those of the new one when it goes after the switch", async () => {
    const answers: (string | undefined)[] = [];
    const { acme: first, beta: others } = await underLoad(async (line) => {
      const before = slow(line);
      await sleep(300);
      await site.must(deployCanary(site.route(fresh, chosen)));
      const within = slow(line);
      await sleep(300);
      await site.must(deployRoute(site.route(fresh, everyone)));
      await site.must(removeCanary());
      answers.push(await before, await within);
    });
    expect(answers).toEqual(['{"release":"v1"}', '{"release":"v2"}']);
    expect([first.summary().failures, others.summary().failures]).toEqual([[], []]);
    expect([await served("app"), await served("canary")]).toEqual([fresh, undefined]);
    await site.must(deployRoute(site.route(old, everyone)));
  });

  it("left behind with a dead container behind it is taken away all the same", async () => {
    const dead = site.release("v3");
    await site.must(deployCanary(site.route(dead, chosen)));
    site.docker("rm", "--force", dead);
    await site.must(withdrawCanary(site.route(old, chosen)));
    expect(await served("canary")).toBeUndefined();
    const road = site.road();
    const tally = new Tally();
    expect(await ask({ road, tally, signal: new AbortController().signal }, acme, { path: "/" })).toBe('{"release":"v1"}');
    await road.close();
  });

  it("goes even when neither container is there", async () => {
    const gone = site.release("v4");
    await site.must(deployCanary(site.route(gone, chosen)));
    site.docker("rm", "--force", gone);
    const nowhere = site.route("nowhere", chosen);
    await site.must(withdrawCanary(nowhere));
    expect(await served("canary")).toBeUndefined();
    await site.must(removeCanary()); // again: no fault
  });

  it("is counted by itself", async () => {
    const read = async () => parseTraffic(await site.must(readTraffic([old, fresh])));
    await site.must(deployCanary(site.route(fresh, chosen)));
    const before = await read();
    const { acme: first, beta: others } = await underLoad(async () => { await sleep(1000); });
    const after = await read();
    expect(between(before, after, "canary").requests).toBe(first.summary().sent);
    expect(between(before, after).requests).toBe(others.summary().sent);
    expect(after.containers.map(({ name, status, restarts }) => [name, status, restarts])).toEqual([[old, "running", 0], [fresh, "running", 0]]);
    await site.must(withdrawCanary(site.route(old, chosen)));
  });
});
