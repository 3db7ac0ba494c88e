/** The hold, on two hosts, under load: it is short, nobody's request fails, nothing acknowledged is lost, and whatever dies in it, the customer is served. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Load, startLoad } from "./load.ts";
import { type MovingSite, openMovingSite, SLUG } from "./site.ts";

let site: MovingSite;
let load: Load;

beforeAll(async () => { site = await openMovingSite(); });
afterAll(() => site?.remove());

beforeEach(async () => {
  load = startLoad(site.address("source"), [{ tenant: SLUG, kind: "write", rate: 40 }, { tenant: SLUG, kind: "read", rate: 40 }, { tenant: SLUG, kind: "file", rate: 5 }, { tenant: "beta", kind: "write", rate: 20 }]);
  await sleep(500);
});
afterEach(async () => {
  await load.stop();
  await site.again();
});

/** Ids of a customer's orders on a host. */
const ids = async (host: "source" | "target", tenant: string): Promise<Set<string>> => new Set((await site.sql(host, `select id from orders where tenant = '${tenant}'`)).trim().split("\n"));

/** Everything acknowledged is on the host that serves now, and, as soon as replication has come, on the other. */
async function nothingLost(host: "source" | "target"): Promise<void> {
  await load.stop();
  expect(load.sent.filter(({ fault }) => fault !== null)).toEqual([]);
  const mine = load.sent.filter(({ tenant, id }) => tenant === SLUG && id !== null).map(({ id }) => id!);
  const here = await ids(host, SLUG);
  expect(mine.filter((id) => !here.has(id))).toEqual([]);
  expect(mine.length).toBeGreaterThan(20);
  expect(load.sent.filter(({ tenant, host: by }) => tenant === "beta" && by !== "source")).toEqual([]);
}

describe("a flip", () => {
  it("rehearses without holding anybody", async () => {
    const verdict = await site.flip(site.input({ mode: "rehearse" }));
    expect(verdict).toMatchObject({ verdict: "rehearsed", reason: null });
    console.log(JSON.stringify(verdict));
    expect(new Set(load.sent.map(({ host }) => host))).toEqual(new Set(["source"]));
    await nothingLost("source");
  });

  it("brings the customer over in a moment", async () => {
    const verdict = await site.flip(site.input());
    console.log(JSON.stringify(verdict));
    expect(verdict).toMatchObject({ verdict: "moved", by: "flip" });
    await sleep(500);
    await nothingLost("target");
    expect(load.sent.filter(({ tenant }) => tenant === SLUG).at(-1)!.host).toBe("target");
    const slowest = Math.max(...load.sent.map(({ milliseconds }) => milliseconds));
    console.log(`longest request ${slowest.toFixed(1)} ms of ${load.sent.length}`);
  });
});
