/**
 * Rollouts that are struck: the telling cells of the matrix (all of them: npm run matrix -- rollout), a drill, and the
 * runbooks for the night. Operators share a PostgreSQL database as journal; platform.test.ts keeps it in a file. The steps
 * build on one another, in this order.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playDrill } from "../../drills/stage.ts";
import { type Arena, openArena, quicken } from "../../drills/matrix/arena.ts";
import { playCell } from "../../drills/matrix/cell.ts";
import { rows } from "../../drills/matrix/rows.ts";
import type { StepName } from "../../deploy/report/event.ts";
import { startDeploy } from "../../drills/site/running.ts";
import { twoOperators } from "../../drills/stories/people.ts";
import { type Clone, cloneWithLab } from "../support/clone.ts";
import { bringUp, build } from "../support/platform.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { commandsOf } from "../support/runbook.ts";

/** The tool's death and the host's; the first waits for the dead owner's lock to expire. */
const CELLS: [row: string, step: StepName, patient: boolean][] = [
  ["kill-9", "start", true],
  ["network-cut", "gate-inside", false],
];

let clone: Clone;
let arena: Arena;
let store: TestPostgres;
beforeAll(async () => {
  store = await startPostgres();
  clone = await cloneWithLab("epica.com.tr");
  clone.environment.ETAGE_STATE = await store.url("etage");
  await bringUp(clone);
  await build(clone, "v1", "v2");
  await clone.must(["bin/deploy", "update-all", "v1", "--yes"]);
  arena = await openArena(clone, { sound: ["v1", "v2"] });
});
afterAll(async () => {
  await clone?.remove();
  await store?.stop();
});

const everywhere = (version: string) => ({ shared: version, helmex: version, orion: version });
async function versions(): Promise<Record<string, string>> {
  const { hosts } = JSON.parse(await clone.must(["bin/deploy", "status", "--json"])) as { hosts: { name: string; release: { version: string } }[] };
  return Object.fromEntries(hosts.map(({ name, release }) => [name, release?.version]));
}

/** `before`: what else a person does at that point. */
async function runbook(name: string, before: (command: string) => Promise<void> = async () => {}) {
  for (const command of commandsOf(join(import.meta.dirname, "../../runbooks", name))) {
    await before(command);
    await clone.must(["bash", "-euc", command]);
  }
}

describe("a rollout that is struck", () => {
  let unhurried: () => void;
  beforeAll(() => { unhurried = quicken(clone); });
  afterAll(() => unhurried());

  it.each(CELLS)("%s at %s leaves nothing that the next run does not mend", async (name, step, patient) => {
    const cell = await playCell(arena, rows.find((row) => row.name === name)!, step, { patient, rate: 3 });
    expect(cell.wrong).toEqual([]);
  }, 300_000);
});

it("goes on after a halt by the runbook", async () => {
  const context = ".etage/told";
  await clone.must(["drills/release/context", "told", context]);
  await clone.must(["bin/deploy", "release", "build", "v5", "--context", context]);
  arena.machines.tell("orion", "unready");
  const halted = await clone.run(["bin/deploy", "update-all", "v5", "--yes"]);
  expect(halted).toMatchObject({ code: 1 });
  expect(halted.stdout + halted.stderr).toMatch(/1 updated, 1 failed, 1 not reached/);
  arena.machines.tell("orion", null);
  await runbook("halted-rollout.md");
  expect(await versions()).toEqual(everywhere("v5"));
}, 300_000);

it("brings back a host that died in a rollout by the runbook, with its data", async () => {
  await clone.must(["bin/deploy", "release", "build", "v6"]);
  let killed: Promise<void> | undefined;
  const run = startDeploy(clone, ["update-all", "v6", "--yes"], (event) => {
    if (event.type === "step-started" && event.host === "orion" && event.step === "start") killed = arena.machines.fault("orion", "kill");
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
  expect(await playDrill(clone, twoOperators, (line) => lines.push(line)), lines.join("\n")).toBe(true);
  expect(lines.join("\n")).toMatch(/berk {3}.*ada/);
  expect(await versions()).toEqual(everywhere("v7"));
}, 300_000);
