/** Saved plans: what is read back, what is not taken, and what is told to have changed. */
import { describe, expect, it } from "vitest";
import { differences } from "../../../deploy/rollout/differences.ts";
import { type Asked, readPlan, savePlan } from "../../../deploy/rollout/plan-file.ts";
import type { Plan } from "../../../deploy/rollout/plan.ts";
import { v1 } from "../support/fleet.ts";
import { hostOf, planOf, ringOf, waitingOf } from "../support/plan.ts";

const made = { at: "2026-05-01T10:00:00.000Z", by: "ada", machine: "laptop" };
const base: Partial<Plan> = {
  rings: [ringOf("first", [hostOf("helmex")], { bakeSeconds: 60 }), ringOf("shared", [hostOf("shared", { canary: ["acme"] }), hostOf("shared-2")], { concurrency: 2 })],
  unchanged: ["vega"], waiting: [waitingOf("orion")], skipped: [{ host: "beta", reason: "left out on request" }], migrations: [{ name: "0004-a", reversible: true }],
};
const [first, shared] = base.rings!;

describe("a plan file", () => {
  const asked: Asked = { except: ["beta"], only: ["helmex"], now: true, onFailure: "halt" };
  const text = savePlan(planOf(base), made, asked);
  const edited = (change: (file: Record<string, unknown>) => object): string => JSON.stringify(change(JSON.parse(text)));

  it("is read as it was saved, however it is set out", () => {
    expect(readPlan(text)).toEqual({ made, asked, plan: planOf(base) });
    expect(readPlan(edited((file) => file))).toEqual({ made, asked, plan: planOf(base) });
    expect(readPlan(savePlan(planOf({ refused: [{ host: "a", reason: "silent" }], forbidden: { reason: "x", hint: "y" }, migrations: null }), made)).plan.refused).toEqual([{ host: "a", reason: "silent" }]);
  });

  const again = "make a new one: deploy plan --out FILE";
  it.each<[string, string, string, string]>([
    ["no JSON", "v42", "v42.json is no saved plan", again],
    ["half a file", text.slice(0, 200), "v42.json is no saved plan", again],
    ["a list", "[]", "v42.json is no saved plan", again],
    ["something else", JSON.stringify({ plan: planOf() }), "v42.json is no saved plan", again],
    ["a later format", edited((file) => ({ ...file, format: 3 })), "v42.json has format 3, and this program reads 2: another version of it made the plan", again],
    ["edited", edited((file) => ({ ...file, plan: { ...file.plan as object, mostFailures: 5 } })), "v42.json was changed after it was saved", `a plan is applied as it was made; ${again}`],
    ["edited: a key more", edited((file) => ({ ...file, yes: true })), "v42.json was changed after it was saved", `a plan is applied as it was made; ${again}`],
    ["edited: the checksum", edited((file) => ({ ...file, checksum: "0" })), "v42.json was changed after it was saved", `a plan is applied as it was made; ${again}`],
    ["of another shape", savePlan({ ...planOf(), rings: 7 } as unknown as Plan, made), "v42.json is not whole: ✖ Invalid input: expected array, received number → at plan.rings", again],
  ])("%s", (_what, content, message, hint) => {
    expect(() => readPlan(content, "v42.json")).toThrowError(expect.objectContaining({ message, hint, code: 2 }));
  });
});

describe("what changed", () => {
  it.each<[string, Partial<Plan>, string[]]>([
    ["nothing", {}, []],
    ["what changes by itself", {
      rings: [{ ...first!, hosts: [hostOf("helmex", { backupAge: null, pullBytes: 0, expectedSeconds: 90 })] }, shared!],
      waiting: [waitingOf("orion", { until: null })], prediction: { seconds: null, calls: [] },
    }, []],
    ["the release's image", { release: { ...planOf().release, digest: v1.digest } }, [`v2 is another image now: ${v1.digest}, in the plan ${planOf().release.digest}`]],
    ["the registry", { release: { ...planOf().release, repository: "10.0.0.3:5000/shop/app" } }, ["the image's repository: 10.0.0.3:5000/shop/app now, registry.example.com/shop/app in the plan"]],
    ["the version", { release: { ...planOf().release, version: "v3" }, unchanged: [], rings: [] , waiting: [], skipped: [] }, [
      "the release: v3 now, v2 in the plan",
      "helmex is not in the fleet any more; in the plan it is updated in ring first", "shared is not in the fleet any more; in the plan it is updated in ring shared",
      "shared-2 is not in the fleet any more; in the plan it is updated in ring shared", "vega is not in the fleet any more; in the plan it runs v2 already",
      "orion is not in the fleet any more; in the plan it waits for its window", "beta is not in the fleet any more; in the plan it is left out",
    ]],
    ["the policy", { onFailure: "continue", mostFailures: 2 }, ["the policy on failure: continue now, halt in the plan", "the number of failures that is put up with: 2 now, 0 in the plan"]],
    ["it is forbidden", { forbidden: { reason: "no way back", hint: "" } }, ["it is forbidden now: no way back"]],
    ["a migration more", { migrations: [{ name: "0004-a", reversible: true }, { name: "0005-b", reversible: false }] }, ["the migrations: 0004-a, 0005-b (no way back) now, 0004-a in the plan"]],
    ["no migrations", { migrations: [] }, ["the migrations: none now, 0004-a in the plan"]],
    ["migrations not known", { migrations: null }, ["the migrations: not known now, 0004-a in the plan"]],
    ["a new host", { unchanged: ["vega", "nova"] }, ["nova is not in the plan; now it runs v2 already"]],
    ["a host less", { unchanged: [] }, ["vega is not in the fleet any more; in the plan it runs v2 already"]],
    ["a window opened", { waiting: [], rings: [{ ...first!, hosts: [...first!.hosts, hostOf("orion")] }, shared!] }, ["orion: now it is updated in ring first; in the plan it waits for its window"]],
    ["a window closed", { waiting: [waitingOf("helmex"), waitingOf("orion")], rings: [shared!] }, ["helmex: now it waits for its window; in the plan it is updated in ring first"]],
    ["another window", { waiting: [waitingOf("orion", { reason: "its window is mon 02:00–05:00 UTC", timeZone: "UTC" })] }, [
      "orion: reason its window is mon 02:00–05:00 UTC now, its window is sun 02:00–05:00 Europe/Istanbul in the plan", "orion: timeZone UTC now, Europe/Istanbul in the plan",
    ]],
    ["somebody updated a host", { rings: [shared!], unchanged: ["helmex", "vega"] }, ["helmex: now it runs v2 already; in the plan it is updated in ring first"]],
    ["somebody updated a host to something else", { rings: [{ ...first!, hosts: [hostOf("helmex", { from: "v0", reason: "from v0" })] }, shared!] }, ["helmex: release v0 now, v1 in the plan", "helmex: reason from v0 now, from v1 in the plan"]],
    ["a host is ill", { rings: [{ ...first!, hosts: [hostOf("helmex", { action: "repair", reason: "its container is exited" })] }, shared!] }, ["helmex: action repair now, update in the plan", "helmex: reason its container is exited now, from v1 in the plan"]],
    ["a host fell silent", { rings: [shared!], refused: [{ host: "helmex", reason: "does not answer" }] }, ["helmex: now it can't be updated; in the plan it is updated in ring first"]],
    ["another canary", { rings: [first!, { ...shared!, hosts: [hostOf("shared"), hostOf("shared-2")] }] }, ["shared: canary none now, acme in the plan"]],
    ["a host in another ring", { rings: [{ ...first!, hosts: [hostOf("helmex"), hostOf("shared-2")] }, { ...shared!, hosts: [hostOf("shared", { canary: ["acme"] })] }] }, ["shared-2: now it is updated in ring first; in the plan it is updated in ring shared"]],
    ["a ring's settings", { rings: [{ ...first!, bakeSeconds: 600 }, { ...shared!, concurrency: 1 }] }, ["ring first: seconds of watching: 600 now, 60 in the plan", "ring shared: hosts at once: 1 now, 2 in the plan"]],
    ["the order of rings", { rings: [shared!, first!] }, ["the order: shared (shared, shared-2), first (helmex) now, first (helmex), shared (shared, shared-2) in the plan"]],
    ["the order in a ring", { rings: [first!, { ...shared!, hosts: shared!.hosts.toReversed() }] }, ["the order: first (helmex), shared (shared-2, shared) now, first (helmex), shared (shared, shared-2) in the plan"]],
    ["a place in the ring", { rings: [{ ...first!, hosts: [hostOf("helmex", { place: "named in first" })] }, shared!] }, ["helmex: place named in first now, tier dedicated in the plan"]],
  ])("%s", (_what, more, expected) => {
    expect(differences(planOf(base), planOf({ ...base, ...more }))).toEqual(expected);
  });

  it("a refusal less, and other words of one", () => {
    const refused = (reason: string, hint?: string) => planOf({ refused: [{ host: "a", reason, ...(hint ? { hint } : {}) }] });
    expect(differences(refused("silent"), refused("silent", "is it on?"))).toEqual(["a: hint is it on? now, none in the plan"]);
    expect(differences(planOf({ forbidden: { reason: "x", hint: "y" } }), planOf())).toEqual(["it was forbidden in the plan, and is not now"]);
  });
});
