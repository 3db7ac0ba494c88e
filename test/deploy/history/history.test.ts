/** The journal as people and machines read it: transcripts of the verbs on a journal with a past. */
import { beforeEach, describe, expect, it } from "vitest";
import { history } from "../../../deploy/commands/history.ts";
import { historyShow } from "../../../deploy/commands/history-show.ts";
import type { Context } from "../../../deploy/context.ts";
import { hostsOf, resultWords } from "../../../deploy/history/result.ts";
import type { Journal } from "../../../deploy/journal/journal.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { planRollout } from "../../../deploy/rollout/plan.ts";
import { smallFleet, v2 } from "../support/fleet.ts";

const at = (seconds: number): string => new Date(Date.parse("2026-05-01T10:00:00Z") + seconds * 1000).toISOString();
const FIRST = "20260501100000-aaaaaa";
const SECOND = "20260501100500-bbbbbb";
let journal: Journal;
beforeEach(() => { journal = openSqlite(":memory:"); });

async function step(operation: string, host: string, name: string, from: number, to: number | null, outcome: "ok" | "failed" | "skipped" = "ok", detail: string | null = null) {
  const id = await journal.stepStarted({ operation, host, step: name, startedAt: at(from) });
  if (to !== null) await journal.stepEnded(id, at(to), outcome, detail);
}

/** A rollout that halted, and one that goes on with it and is in the middle. */
async function past() {
  const finding = { action: "update" as const, reason: "from v1", from: "v1", backupAge: 7200 };
  const plan = planRollout(smallFleet(), v2, new Map([["shared", finding], ["orion", finding]]), { at: new Date(at(0)) });
  await journal.begin({ id: FIRST, verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: at(0), plan: JSON.stringify(plan) });
  await step(FIRST, "orion", "lock", 0, 0.1);
  await step(FIRST, "orion", "pull", 0.1, 2.2);
  await step(FIRST, "shared", "pull", 6, 7);
  await step(FIRST, "shared", "gate-inside", 8.5, 12.5, "failed", "not ready after 4 attempts\n/health/ready answered 500");
  await step(FIRST, "shared", "switch", 8.5, 12.5, "skipped", "not reached");
  await step(FIRST, "shared", "undo", 12.5, 13, "ok", "v1 kept serving; v2 removed");
  await journal.end(FIRST, at(75), "failed", JSON.stringify({ hosts: [{ host: "orion", outcome: "updated" }, { host: "shared", outcome: "failed" }] }));
  await journal.begin({ id: SECOND, verb: "resume", subject: "v2", by: "bob", machine: "desk", startedAt: at(300), parent: FIRST });
  await journal.takeLock({ name: "rollout", operation: SECOND, by: "bob", machine: "desk", reason: "resume v2", since: at(300) }, at(300), at(270));
  await step(SECOND, "shared", "lock", 300, 300.2);
  await step(SECOND, "shared", "start", 301, null);
  await journal.beat(SECOND, at(310));
}

async function play(verb: typeof history, args: object, seconds = 312): Promise<{ text: string; data: any[] }> {
  const said: string[] = [];
  const data: unknown[] = [];
  const report = { event: () => {}, text: (text: string) => said.push(text), data: (value: unknown) => data.push(value) };
  expect(await verb({ journal, report, now: () => new Date(at(seconds)) } as unknown as Context, { json: false, limit: 20, ...args })).toBe(0);
  return { text: said.join("\n"), data };
}

describe("deploy history", () => {
  it("lists what was done, with what is at work above it", async () => {
    await past();
    expect((await play(history, {})).text).toBe(`
At work: resume v2 of bob on desk for 12 s, holds rollout; last sign of life 2 s ago (${SECOND})
ID                     BEGAN (UTC)       VERB        OF  BY          OUTCOME  TOOK  RESULT
${SECOND}  2026-05-01 10:05  resume      v2  bob@desk    running
${FIRST}  2026-05-01 10:00  update-all  v2  ada@laptop  failed   75 s  1 updated, 1 failed: shared`.trim());
  });

  it("tells one that died from one at work", async () => {
    await past();
    expect((await play(history, { limit: 1 }, 400)).text).toBe(`
Died: resume v2 of bob on desk, holds rollout; last sign of life 2 min ago; the next rollout takes over (${SECOND})
ID                     BEGAN (UTC)       VERB    OF  BY        OUTCOME  TOOK  RESULT
${SECOND}  2026-05-01 10:05  resume  v2  bob@desk  silent`.trim());
    await journal.closeAbandoned(at(370), at(400));
    expect((await play(history, { limit: 1 }, 400)).text.split("\n").at(-1)).toBe(`${SECOND}  2026-05-01 10:05  resume  v2  bob@desk  abandoned`);
  });

  it("of a host lists what touched it; of an empty journal says so", async () => {
    expect((await play(history, {})).text).toBe("The journal has no operation like that yet.");
    await past();
    expect((await play(history, { host: "orion" })).data.map(({ id }) => id)).toEqual([FIRST]);
  });

  it("is one operation a line for machines, newest first, its detail a value", async () => {
    await past();
    const { data } = await play(history, {});
    expect(data).toMatchObject([{ id: SECOND, outcome: null, parent: FIRST, beatAt: at(310) }, { id: FIRST, outcome: "failed", detail: { hosts: [{ host: "orion", outcome: "updated" }, { host: "shared", outcome: "failed" }] } }]);
    expect(data[0]).not.toHaveProperty("plan");
  });

  it.each([["zero", 0], ["words", Number.NaN], ["half", 1.5]])("refuses a limit of %s", async (_name, limit) => {
    await expect(play(history, { limit })).rejects.toMatchObject({ message: "--limit takes a whole number from 1", code: 2 });
  });
});

describe("deploy history show", () => {
  it("tells who, from where, what was planned, what came of it, what followed, and every step of every host", async () => {
    await past();
    expect((await play(historyShow, { operation: FIRST })).text).toBe(`
update-all v2: failed after 75 s
  id            ${FIRST}
  by            ada on laptop
  began         2026-05-01 10:00:00 UTC
  gone on with  ${SECOND}: resume v2, without an end
  plan          v1 → v2 on 2 hosts in 2 rings; stops at the first failure; backups 2 h old; its migrations are not known here
  result        1 updated, 1 failed: shared
orion
       +0.0 s  ✓ lock             0.1 s
       +0.1 s  ✓ pull             2.1 s
shared
       +6.0 s  ✓ pull             1.0 s
       +8.5 s  ✗ gate-inside      4.0 s  not ready after 4 attempts
                 /health/ready answered 500
       +8.5 s  – switch         skipped  not reached
        +13 s  ✓ undo             0.5 s  v1 kept serving; v2 removed`.trim());
  });

  it.each<[string, number, string]>([
    ["at work", 312, `
resume v2: running for 12 s
  id            ${SECOND}
  by            bob on desk
  began         2026-05-01 10:05:00 UTC
  last heard    2026-05-01 10:05:10 UTC
  goes on with  ${FIRST}: update-all v2, failed
shared
       +0.0 s  ✓ lock       0.2 s
       +1.0 s  … start    running`],
    ["that died", 400, `
resume v2: silent, last heard of after 10 s
  id            ${SECOND}
  by            bob on desk
  began         2026-05-01 10:05:00 UTC
  last heard    2026-05-01 10:05:10 UTC
  goes on with  ${FIRST}: update-all v2, failed
shared
       +0.0 s  ✓ lock       0.2 s
       +1.0 s  … start     no end`],
  ])("of one %s says so", async (_name, seconds, text) => {
    await past();
    expect((await play(historyShow, { operation: "last" }, seconds)).text).toBe(text.trim());
  });

  it("of one that was taken over and closed says by whom", async () => {
    await past();
    await journal.begin({ id: "next", verb: "update-all", subject: "v3", by: "eve", machine: "ci", startedAt: at(400) });
    await journal.takeLock({ name: "rollout", operation: "next", by: "eve", machine: "ci", reason: "update-all v3", since: at(400) }, at(400), at(370));
    await journal.closeAbandoned(at(370), at(400));
    expect((await play(historyShow, { operation: SECOND }, 400)).text).toBe(`
resume v2: abandoned, last heard of after 10 s
  id            ${SECOND}
  by            bob on desk
  began         2026-05-01 10:05:00 UTC
  last heard    2026-05-01 10:05:10 UTC
  taken over    by next
  goes on with  ${FIRST}: update-all v2, failed
shared
       +0.0 s  ✓ lock       0.2 s
       +1.0 s  ? start  abandoned`.trim());
  });

  it("of a revert names what it reverts, and that what brought it back", async () => {
    await past();
    await journal.begin({ id: "back", verb: "revert", subject: "v1", by: "ada", machine: "laptop", startedAt: at(70), parent: FIRST });
    await journal.end("back", at(75), "ok", '[["orion","reverted"]]');
    expect((await play(historyShow, { operation: "back" })).text).toMatch(new RegExp(`reverts  ${FIRST}: update-all v2, failed\\n  result   1 brought back$`));
    expect((await play(historyShow, { operation: FIRST })).text).toContain("reverted by   back: revert v1, ok");
  });

  it("is one value for machines, of one host when asked", async () => {
    await past();
    const { data } = await play(historyShow, { operation: FIRST, host: "orion" });
    expect(data).toEqual([{
      operation: expect.objectContaining({ id: FIRST, plan: expect.objectContaining({ format: 2 }), detail: { hosts: expect.any(Array) } }), followers: [SECOND],
      hosts: [{ host: "orion", steps: [{ step: "lock", at: 0, seconds: 0.1, outcome: "ok", detail: null }, { step: "pull", at: 0.1, seconds: 2.1, outcome: "ok", detail: null }] }],
    }]);
  });

  it.each([["none", "the journal has no operation none"], ["last", "the journal has no operation yet"]])("of %s that is not there says what to do", async (operation, message) => {
    await expect(play(historyShow, { operation })).rejects.toMatchObject({ message, hint: expect.stringContaining("deploy history lists them"), code: 2 });
  });
});

describe("what came of an operation", () => {
  it.each([
    [null, ""], ["ada on desk is at it: update-all v3\nmore", "ada on desk is at it: update-all v3"], ["{broken", "{broken"], ["[1,2]", ""], ['{"hosts":"no"}', ""], ['[["orion","updated"],["shared","exploded"]]', "1 updated"],
    [JSON.stringify({ hosts: [{ host: "a", outcome: "updated" }, { host: "b", outcome: "not-reached" }, { host: "c", outcome: "failed" }, { host: "d", outcome: "reverted" }, { host: "e", outcome: "unchanged" }, null] }), "1 updated, 1 already there, 1 failed: c, 1 brought back, 1 not reached"],
    [JSON.stringify({ verb: "erase", customer: "acme", came: "13 rows, 2 files (3 MB)", certificate: "c.json", failure: null }), "13 rows, 2 files (3 MB)"],
    [JSON.stringify({ verb: "erase", customer: "acme", came: null, certificate: null, failure: { step: "verify", reason: "hidden" } }), "verify"],
  ])("%s", (detail, words) => {
    expect(resultWords({ detail })).toBe(words);
  });

  it("is told host by host", () => {
    expect(hostsOf({ detail: '[["orion","updated"]]' })).toEqual([{ host: "orion", outcome: "updated" }]);
  });
});
