/**
 * Rollouts that are struck, on a platform that runs v2 (see platform.test.ts): the telling cells of the matrix (all of them:
 * npm run matrix -- rollout), a drill, and the runbooks for the night.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playDrill } from "../../drills/stage.ts";
import { type Arena, openArena, quicken } from "../../drills/matrix/arena.ts";
import { playCell } from "../../drills/matrix/cell.ts";
import { rows } from "../../drills/matrix/rows.ts";
import type { StepName } from "../../deploy/report/event.ts";
import { startDeploy } from "../../drills/site/running.ts";
import { twoOperators } from "../../drills/stories/people.ts";
import type { Clone } from "../support/clone.ts";

/** The first waits for the dead owner's lock to expire; the others set its last sign of life back. */
const CELLS: [row: string, step: StepName, patient: boolean][] = [
  ["kill-9", "start", true],
  ["kill-9", "migrate", false],
  ["kill-9", "switch", false],
  ["ctrl-c", "switch", false],
  ["network-cut", "gate-inside", false],
  ["machine-frozen", "switch", false],
  ["registry-down", "pull", false],
];

export function night(get: () => Clone, versions: () => Promise<Record<string, string>>, runbook: (name: string, before?: (command: string) => Promise<void>) => Promise<void>) {
  const everywhere = (version: string) => ({ shared: version, helmex: version, orion: version });
  let arena: Arena;
  beforeAll(async () => {
    await get().must(["bin/deploy", "release", "build", "v4"]);
    arena = await openArena(get(), { sound: ["v2", "v4"] });
  });

  describe("a rollout that is struck", () => {
    let unhurried: () => void;
    beforeAll(() => { unhurried = quicken(get()); });
    afterAll(() => unhurried());

    it.each(CELLS)("%s at %s leaves nothing that the next run does not mend", async (name, step, patient) => {
      const cell = await playCell(arena, rows.find((row) => row.name === name)!, step, { patient, rate: 3 });
      expect(cell.wrong).toEqual([]);
    }, 300_000);
  });

  it("goes on after a halt by the runbook", async () => {
    const context = ".etage/told";
    await get().must(["drills/release/context", "told", context]);
    await get().must(["bin/deploy", "release", "build", "v5", "--context", context]);
    arena.machines.tell("orion", "unready");
    const halted = await get().run(["bin/deploy", "update-all", "v5", "--yes"]);
    expect(halted).toMatchObject({ code: 1 });
    expect(halted.stdout + halted.stderr).toMatch(/1 updated, 1 failed, 1 not reached/);
    arena.machines.tell("orion", null);
    await runbook("halted-rollout.md");
    expect(await versions()).toEqual(everywhere("v5"));
  }, 300_000);

  it("brings back a host that died in a rollout by the runbook, with its data", async () => {
    await get().must(["bin/deploy", "release", "build", "v6"]);
    let killed: Promise<void> | undefined;
    const run = startDeploy(get(), ["update-all", "v6", "--yes"], (event) => {
      if (event.type === "step-started" && event.host === "orion" && event.step === "migrate") killed = arena.machines.fault("orion", "kill");
    });
    expect((await run.ended).code).toBe(1);
    await killed;
    await runbook("host-dead-in-rollout.md", async (command) => {
      if (command.startsWith("timeout")) await arena.machines.fault("orion", "start"); // the console's button
    });
    expect(await versions()).toEqual(everywhere("v6"));
  }, 300_000);

  it("plays a drill to a good end: two operators at once", async () => {
    const lines: string[] = [];
    expect(await playDrill(get(), twoOperators, (line) => lines.push(line)), lines.join("\n")).toBe(true);
    expect(lines.join("\n")).toMatch(/berk {3}.*ada/);
    expect(await versions()).toEqual(everywhere("v7"));
  }, 300_000);
}
