/** `plan`, and `update-all --plan`: looked at, saved, applied as it was or refused. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plan } from "../../../deploy/commands/plan.ts";
import { updateAll } from "../../../deploy/commands/update-all.ts";
import { readPlan } from "../../../deploy/rollout/plan-file.ts";
import type { Plan } from "../../../deploy/rollout/plan.ts";
import { openStage, type Stage } from "../support/context.ts";
import { smallFleet } from "../support/fleet.ts";

const customers = [
  { slug: "acme", name: "Acme", tier: "shared" }, { slug: "helmex", name: "Helmex", tier: "dedicated", phase: "live" },
  { slug: "orion", name: "Orion", tier: "dedicated", phase: "live", window: { days: ["sun"], from: "02:00", to: "05:00", timeZone: "Europe/Berlin" } },
];
let stage: Stage;
let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "plan-"));
  file = join(folder, "v2.json");
  const init = { name: "0001-init", reversible: true };
  stage = await openStage(smallFleet({ customers }), {
    v1: { migrations: [init], layers: { base: 30e6, one: 11e6 } }, v2: { migrations: [init, { name: "0002-tags", reversible: false }], layers: { base: 30e6, two: 12e6 } },
  }, { shared: { runs: "v1" }, helmex: { runs: "v1", has: ["v2"] }, orion: { runs: "v1" } });
});
afterEach(() => {
  stage.close();
  rmSync(folder, { recursive: true });
});
const run = (verb: typeof plan, args: object): Promise<number> => verb(stage.context, { json: false, ...args });
const made = (): Plan => (stage.told.data.at(-1) as { plan: Plan }).plan;
/** One step of a past update that took so long. */
async function past(host: string, step: string, seconds: number): Promise<void> {
  const { journal } = stage.context;
  const id = `${host}-${step}`;
  await journal.begin({ id, verb: "update", subject: "v1", by: "ada", machine: "laptop", startedAt: "2026-04-30T10:00:00.000Z" });
  const row = await journal.stepStarted({ operation: id, host, step, startedAt: "2026-04-30T10:00:00.000Z" });
  await journal.stepEnded(row, new Date(Date.parse("2026-04-30T10:00:00.000Z") + seconds * 1000).toISOString(), "ok", null);
  await journal.end(id, "2026-04-30T10:01:00.000Z", "ok", null);
}

describe("a platform with backups", () => {
  const open = async (backup: Record<string, object>): Promise<void> => {
    stage.close();
    const built = { migrations: [], layers: { base: 30e6 } };
    stage = await openStage(smallFleet({ customers: customers.slice(0, 2), backup: { store: { path: "/mnt/share" }, password: "env:PASSWORD" } }), { v1: { ...built, layers: { one: 1 } }, v2: built }, {
      shared: { runs: "v1", look: backup.shared ?? {} }, helmex: { runs: "v1", look: backup.helmex ?? {} },
    });
  };
  const proved = { backup: { database: 3, files: 1, customers: 5, verify: 48 } };

  it("goes on with hosts whose backups were proved lately", async () => {
    await open({ shared: proved, helmex: proved });
    expect(await run(plan, { release: "v2" })).toBe(0);
    expect(made().refused).toEqual([]);
  });
  it("refuses the others by name, with what to do", async () => {
    await open({ shared: proved, helmex: { backup: { ...proved.backup, verify: 24 * 9 } } });
    await run(plan, { release: "v2" }).catch(() => {});
    expect(made().refused).toEqual([{
      host: "helmex", usage: undefined, reason: "that its backups can be restored was last proved 9 d ago; hosting.yaml wants 7 d at most",
      hint: "deploy backup verify helmex; --without-proof REASON goes on all the same, and the journal keeps the reason",
    }]);
  });
  it("goes on when somebody says why, and keeps the reason", async () => {
    await open({ shared: proved });
    expect(await run(plan, { release: "v2", "without-proof": "the store is being moved" })).toBe(0);
    expect(made()).toMatchObject({ refused: [], withoutProof: "the store is being moved" });
    expect(stage.told.text.join("\n")).toContain("without proof of backups: the store is being moved");
    await expect(run(plan, { release: "v2", "without-proof": " " })).rejects.toThrow("--without-proof wants a reason");
  });
});

describe("plan", () => {
  it("looks, shows and changes nothing", async () => {
    await past("helmex", "pull", 4);
    await past("shared", "pull", 2);
    await past("shared", "start", 7);
    expect(await run(plan, { release: "v2" })).toBe(0);
    expect(stage.told.text.join("\n").replace(/127\.0\.0\.1:\d+/, "REGISTRY")).toBe([
      "Plan: v1 → v2 on 2 hosts in 2 rings; stops at the first failure; backups 60 min old; 1 migration (no way back past 0002-tags)",
      "  ring 1  dedicated: helmex", "  ring 2  shared",
      "  waits  orion: opens Sun 3 May 02:00; its window is sun 02:00–05:00 Europe/Berlin (--now does not wait)",
      "  pulls  12 MB on 1 host; nothing on 1 host that has the image",
      "  takes  about 20 s",
      "  asks   Hetzner 0× (limit 3600 an hour), Cloudflare 0× (limit 1200 in 5 minutes), REGISTRY 4× (no limit known)",
      "Nothing was changed. Next: deploy update-all v2",
    ].join("\n"));
    expect(await stage.context.journal.operations(10)).toHaveLength(3);
  });

  it.each<[string, object, string[]]>([
    ["--now", { now: true }, ["helmex", "orion", "shared"]], ["--except", { except: ["helmex,orion"] }, ["shared"]], ["--only", { only: ["shared", "helmex"] }, ["helmex", "shared"]],
  ])("%s", async (_what, args, hosts) => {
    await run(plan, { release: "v2", ...args });
    expect(made().rings.flatMap((ring) => ring.hosts.map(({ host }) => host))).toEqual(hosts);
  });

  it("says nothing of a next step when there is none", async () => {
    stage.hosts.helmex = { runs: "v2" };
    expect(await run(plan, { release: "v2", only: ["helmex"] })).toBe(0);
    expect(stage.told.text.at(-1)).not.toMatch(/Next/);
  });

  it.each<[string, () => void, object, object]>([
    ["an unknown host", () => {}, { only: ["helmx"] }, { message: "there is no host helmx", code: 2 }],
    ["a release that is not there", () => {}, { release: "v9" }, { message: expect.stringMatching(/no version v9/), code: 1 }],
    ["a policy without a budget", () => {}, { "on-failure": "continue" }, { message: "`continue` needs a number of failures that it puts up with, and rollout.maxFailures is 0", hint: "set it in hosting.yaml, for example to 2 or 5%", code: 2 }],
    ["a way back that can't be promised", () => {}, { "on-failure": "revert" }, { message: "nothing was changed: `revert` can't be promised, since 0002-tags of v2 can't be undone", code: 3 }],
    ["a silent host", () => { stage.hosts.helmex = "silent"; }, {}, { message: "nothing was changed, since helmex can't be updated now", hint: "mend it, or leave it out: deploy plan v2 --except helmex", code: 1 }],
    ["a file that can't be written", () => {}, { out: "/no/such/folder/plan.json" }, { message: expect.stringMatching(/^the plan can't be written to \/no\/such\/folder\/plan.json/), code: 2 }],
  ])("%s stops it, and nothing is saved", async (_what, happen, args, error) => {
    happen();
    await expect(run(plan, { release: "v2", out: file, ...args })).rejects.toMatchObject(error);
    expect(existsSync(file)).toBe(false);
  });
});

describe("update-all --plan", () => {
  it("applies what was saved, asked for in the same way", async () => {
    expect(await run(plan, { release: "v2", out: file, except: ["helmex"], now: true })).toBe(0);
    expect(stage.told.text.at(-1)).toBe(`Saved to ${file}. Next: deploy update-all --plan ${file}`);
    expect(readPlan(readFileSync(file, "utf8"))).toMatchObject({ made: { at: "2026-05-01T10:00:00.000Z", by: "ada", machine: "laptop" }, asked: { except: ["helmex"], now: true } });
    expect(await run(updateAll, { plan: file, "dry-run": true, now: false, wait: 0 })).toBe(0);
    expect(stage.told.text.find((text) => text.startsWith("The plan"))).toBe("The plan that ada made on laptop at 2026-05-01T10:00:00.000Z; nothing has changed since.");
    expect(made().rings.flatMap((ring) => ring.hosts.map(({ host }) => host))).toEqual(["orion", "shared"]);
  });

  it("refuses, and names what changed", async () => {
    await run(plan, { release: "v2", out: file });
    stage.hosts.helmex = { runs: "v2" };
    await expect(run(updateAll, { plan: file, yes: true, wait: 0 })).rejects.toMatchObject({
      message: [`nothing was changed, since the fleet is not what ${file} was made for:`, "  helmex: now it runs v2 already; in the plan it is updated in ring dedicated"].join("\n"),
      hint: `deploy plan v2 --out ${file} plans anew`, code: 3,
    });
  });

  it.each<[string, object, object]>([
    ["a release besides", { release: "v2" }, { message: "a saved plan says all; a release can't go with --plan", code: 2 }],
    ["another choice besides", { "on-failure": "halt" }, { message: "a saved plan says all; --on-failure can't go with --plan", code: 2 }],
    ["no file", { plan: "/no/such/plan.json" }, { message: expect.stringMatching(/^the plan can't be read: ENOENT/), code: 2 }],
    ["another file", {}, { message: expect.stringMatching(/v2.json is no saved plan$/), code: 2 }],
  ])("%s is a fault of usage", async (_what, args, error) => {
    writeFileSync(file, "{}");
    await expect(run(updateAll, { plan: file, ...args })).rejects.toMatchObject(error);
  });
});
