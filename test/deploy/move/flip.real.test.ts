/** The hold, on two hosts, under load: it is short, nobody's request fails, nothing acknowledged is lost, and whatever dies in it, the customer is served. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../../../deploy/host/command.ts";
import { armLate, disarmLate, letGo } from "../../../deploy/host/late.ts";
import { deployMove, type Route } from "../../../deploy/host/proxy.ts";
import { enterRoom, removeMove, ROOM_TARGET, startRoom } from "../../../deploy/host/room.ts";
import { mustRun } from "../../../deploy/remote/runner.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { dropSnapshots, lastVerdict, readVerdict } from "../../../deploy/move/flip/program.ts";
import { compareAll } from "../../../deploy/move/files.ts";
import { type Load, startLoad } from "./load.ts";
import { type MovingSite, openMovingSite, SLUG } from "./site.ts";
import { APP } from "./two-hosts.ts";

let site: MovingSite;
let load: Load;

beforeAll(async () => { site = await openMovingSite(); });
afterAll(() => site?.remove());

beforeEach(async () => {
  load = startLoad(site.address("source"), [{ tenant: SLUG, kind: "write", rate: 30 }, { tenant: SLUG, kind: "read", rate: 30 }, { tenant: SLUG, kind: "file", rate: 3 }, { tenant: "beta", kind: "write", rate: 15 }]);
  await sleep(300);
});
afterEach(async () => {
  await load.stop();
  await site.again();
});

const count = async (host: "source" | "target", tenant: string, among: readonly string[]): Promise<number> =>
  Number(await site.sql(host, `select count(*) from orders where tenant = '${tenant}' and id in (${among.join(", ")})`));

/** No request failed; everything acknowledged is on the host that serves now, rows and files; other customers met no other host. */
async function nothingLost(host: "source" | "target"): Promise<void> {
  await sleep(300);
  await load.stop();
  expect(load.sent.filter(({ fault }) => fault !== null)).toEqual([]);
  const mine = load.sent.filter(({ tenant, id }) => tenant === SLUG && id !== null);
  expect(mine.length).toBeGreaterThan(20);
  expect(await count(host, SLUG, mine.map(({ id }) => id!))).toBe(mine.length);
  const files = mine.flatMap(({ name }) => name ?? []);
  const there = new Set((await site.on(host, `ls /mnt/data/uploads/${SLUG}/deep`)).split("\n"));
  expect(files.filter((name) => !there.has(name))).toEqual([]);
  expect(new Set(load.sent.filter(({ tenant }) => tenant === "beta").map(({ host: by }) => by))).toEqual(new Set(["source"]));
  expect(load.sent.filter(({ tenant }) => tenant === SLUG).sort((a, b) => a.at - b.at).at(-1)!.host).toBe(host);
}

const longest = (): string => Math.max(...load.sent.map(({ milliseconds }) => milliseconds)).toFixed(0);

describe("a flip", () => {
  it("rehearses without holding anybody", async () => {
    expect(await site.flip(site.input({ mode: "rehearse" }))).toMatchObject({ verdict: "rehearsed", reason: null });
    await nothingLost("source");
  });

  it("brings the customer over in a moment, and later changes back to where it was", async () => {
    const verdict = await site.flip(site.input());
    expect(verdict).toMatchObject({ verdict: "moved", by: "flip" });
    console.log(JSON.stringify(verdict), `longest request ${longest()} ms`);
    const last = load.sent.at(-1)!;
    await expect.poll(() => load.sent.at(-1) !== last && load.sent.some(({ host }) => host === "target")).toBe(true);
    await nothingLost("target");
    const mine = load.sent.flatMap(({ tenant, id }) => tenant === SLUG && id !== null ? id : []);
    await expect.poll(() => count("source", SLUG, mine)).toBe(mine.length);
    expect((await compareAll({ slug: SLUG, folders: [SLUG], source: site.source, target: site.target })).differing.filter(({ fault }) => fault !== "surplus")).toEqual([]);
    await site.source.runner.run(dropSnapshots(SLUG));
    // An abort that comes again finds nothing of the move.
    expect(await site.source.runner.run(dropSnapshots("nobody"))).toMatchObject({ code: 0 });
  });

  it("is not begun when both sides are not alike", async () => {
    await site.sql("target", `insert into etage_move_acme.differing values ('public.orders', '["17"]')`);
    expect(await site.flip(site.input({ rehearsal: { ...site.input().rehearsal, most: 12 } }))).toMatchObject({ verdict: "refused", reason: "1 rows differ on the new side" });
    await nothingLost("source");
  });
});

describe("a hold that can't end", () => {
  it("goes back when a transaction stays open", async () => {
    const open = site.sql("source", "begin; insert into orders (tenant, note) values ('acme', 'slow'); select pg_sleep(20); commit;");
    const verdict = await site.flip(site.input());
    expect(verdict).toMatchObject({ verdict: "returned", by: "flip", reason: expect.stringMatching(/^55P03/) });
    console.log(`open transaction: ${JSON.stringify(verdict)}, longest request ${longest()} ms`);
    await nothingLost("source");
    await open;
  });

  it("goes back when the new side's database dies in it", async () => {
    const dying = site.input();
    const verdict = await site.flip(dying, { after: "drain", do: `subprocess.run(["docker", "exec", "postgres", "true"]); open("/tmp/now", "w").close(); time.sleep(0.3)` , beside: () => site.on("source", "until [ -e /tmp/now ]; do sleep 0.02; done").then(() => site.on("target", "docker kill postgres")) });
    expect(verdict).toMatchObject({ verdict: "returned", by: "flip" });
    console.log(`database died: ${JSON.stringify(verdict)}, longest request ${longest()} ms`);
    await site.on("target", "docker start postgres; until docker exec postgres pg_isready -q -h 127.0.0.1 -U app; do sleep 0.1; done");
    await nothingLost("source");
  });
});

/** A flip takes a second; on a busy machine some more, and the watchdog must not come before it. */
const PATIENCE_SECONDS = 10;

/** As after a way back: the host that is gone to passes on what comes to it, and in the hold it keeps it. */
describe("late requests at the host gone to, when nobody comes back for them,", () => {
  it.each([["stay with the host that was to be left", "source"], ["are at home where the customer has come to", "target"]] as const)("%s", async (_name, serves) => {
    const { runner } = site.target;
    const input = site.input();
    const route = (target: string): Route => ({ target, hosts: input.route.hosts, healthPath: "/health/ready", drainSeconds: 5, forwardHeaders: false });
    const [home, past] = [route(`${APP}:3000`), route(site.link.target.app)];
    const { host, user, privateAddress: address } = site.source.outputs;
    const must = (command: Command): Promise<string> => mustRun(runner, "late requests", command);
    await must(deployMove(SLUG, past));
    await must(startRoom());
    await must(armLate({ slug: SLUG, attempt: input.attempt, moved: render(letGo(SLUG, home)), returned: render(letGo(SLUG, past)), peer: { host, user, address } }, PATIENCE_SECONDS));
    await must(enterRoom(SLUG, past));
    await must(deployMove(SLUG, { ...route(ROOM_TARGET), healthHost: input.route.hosts[0]! }));
    const late = startLoad(site.address("target"), [{ tenant: SLUG, kind: "write", rate: 5 }]);
    if (serves === "target") await site.flip(input);
    await sleep((PATIENCE_SECONDS + 3) * 1000);
    await late.stop();
    expect(late.sent.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(Math.max(...late.sent.map(({ milliseconds }) => milliseconds))).toBeGreaterThan(1000);
    expect(new Set(late.sent.map(({ host: by }) => by))).toEqual(new Set([serves]));
    await nothingLost(serves);
    await must(disarmLate(SLUG));
    await must(removeMove(SLUG));
    expect(await site.on("target", "docker ps --all --quiet --filter name=^room$")).toBe("");
  });
});

/** Where the program is killed, by the text before that place; and who has the customer then. */
const PLACES = [
  ["as the hold begins", "begin", "returned"], ["in the drain", "lead", "returned"], ["drained", "drain", "returned"], ["sealing", "sealing", "returned"],
  ["sealed", "seal", "returned"], ["compared", "settle", "returned"], ["before the resume", "open", "returned"], ["resuming", "resuming", "moved"], ["resumed", "resume", "moved"], ["told", "told", "moved"],
] as const;

describe("the flip killed in the hold", () => {
  it.each(PLACES)("%s", async (_name, after, outcome) => {
    const input = site.input();
    await expect(site.flip(input, { after, do: "os.kill(os.getpid(), 9)" })).rejects.toThrow("no verdict");
    const verdict = readVerdict((await site.source.runner.run(lastVerdict(SLUG))).stdout);
    expect(verdict).toMatchObject({ verdict: outcome, attempt: input.attempt });
    console.log(`killed ${_name}: ${JSON.stringify(verdict)}, longest request ${longest()} ms`);
    await sleep(500);
    await nothingLost(outcome === "moved" ? "target" : "source");
  });
});
