/**
 * Large fleets: 20 hosts in turn and by ten, plan and status of a thousand, a journal of ten thousand rollouts, and the
 * memory that all this takes. The hosts are simulated by one process (fleet/serve.ts), which shares this machine's
 * processors with the tool: read it as what the tool does, not as what hosts do.
 */
import { loadavg } from "node:os";
import { openJournal } from "../deploy/journal/open.ts";
import { fillJournal } from "./fleet/journal.ts";
import { makeProject, type Project } from "./fleet/project.ts";
import { startRegistry } from "./fleet/registry.ts";
import { simulate, type Simulated } from "./fleet/simulate.ts";
import type { Options, Outcome, Row } from "./main.ts";
import { type Ran, run as runProgram } from "./processes.ts";

const MOST = 1000;
const SOME = 20;
const AT_ONCE = 10;
const ROLLOUTS = 10_000;
const ROUNDS = 3;
const DELAY = 50;

export async function run(progress: (line: string) => void, { rounds = ROUNDS, delay = DELAY }: Options): Promise<Outcome> {
  const registry = await startRegistry();
  progress(`making a project with ${MOST} hosts, each with its stack and key …`);
  const project = await makeProject({ size: MOST, delay, pace: 1, registry: registry.address });
  try {
    const hosts = await simulate(project);
    try {
      return await measure(progress, project, hosts, rounds, delay);
    } finally {
      await hosts.stop();
    }
  } finally {
    project.remove();
    registry.close();
  }
}

async function measure(progress: (line: string) => void, project: Project, hosts: Simulated, rounds: number, delay: number): Promise<Outcome> {
  const rows = new Map<string, Row>();
  const note = (what: string, value: number, unit = "s"): void => { rows.set(what, { what, unit, values: [...rows.get(what)?.values ?? [], value] }); };
  const deploy = async (what: string, ...words: string[]): Promise<Ran> => {
    progress(what);
    const ran = await runProgram(["bin/deploy", ...words], { ...project, watch: true });
    note(what, ran.seconds);
    note(`${what}: the tool's processor time`, ran.used.processorSeconds);
    note(`${what}: memory`, ran.used.megabytes, "MB");
    return ran;
  };
  let version = 1;

  project.resize(SOME, 1);
  for (const [concurrency, how] of [[1, "in turn"], [AT_ONCE, `by ${AT_ONCE}`]] as const) {
    const what = `update-all, ${SOME} hosts ${how}`;
    for (let round = 0; round < rounds; round += 1) {
      project.resize(SOME, concurrency);
      await hosts.asked();
      const { seconds } = await deploy(what, "update-all", `v${version += 1}`, "--yes", "--json");
      const { busySeconds, commands } = await hosts.asked();
      note(`${what}: commands a host`, commands / SOME, "");
      if (concurrency === 1) note(`${what}: beside the hosts' own work, a host`, (seconds - busySeconds) / SOME);
    }
  }

  project.resize(MOST, 1);
  const query = async (name: string): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      await hosts.asked();
      await deploy(`plan, ${MOST} hosts${name}`, "plan", `v${version + 1}`, "--json");
      await deploy(`status, ${MOST} hosts${name}`, "status", "--json");
      const { processorSeconds } = await hosts.asked();
      note(`both, ${MOST} hosts${name}: processor time of the simulated hosts`, processorSeconds);
    }
  };
  await query("");

  progress(`filling the journal with ${ROLLOUTS} rollouts …`);
  const journal = await openJournal(undefined, project.directory);
  const began = performance.now();
  const steps = await fillJournal(journal, ROLLOUTS);
  note("noting one step in the journal", (performance.now() - began) / steps, "ms");
  const [newest] = await journal.operations(1);
  await journal.close();
  for (let round = 0; round < rounds; round += 1) {
    await deploy(`history, journal of ${ROLLOUTS} rollouts`, "history", "--json");
    await deploy(`history show, journal of ${ROLLOUTS} rollouts`, "history", "show", newest!.id, "--json");
  }
  await query(`, journal of ${ROLLOUTS} rollouts`);

  const median = (what: string): number => rows.get(what)!.values.toSorted((a, b) => a - b)[Math.floor(rows.get(what)!.values.length / 2)]!;
  const peak = Math.max(...[...rows.values()].filter(({ unit }) => unit === "MB").flatMap(({ values }) => values));
  return {
    rows: [...rows.values()],
    notes: [`Hosts are simulated ${delay} ms away, by one process on this machine. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`],
    figure: `${SOME} hosts in turn ${median(`update-all, ${SOME} hosts in turn`).toFixed(1)} s, by ${AT_ONCE} ${median(`update-all, ${SOME} hosts by ${AT_ONCE}`).toFixed(1)} s; `
      + `${MOST} hosts: plan ${median(`plan, ${MOST} hosts`).toFixed(1)} s, status ${median(`status, ${MOST} hosts`).toFixed(1)} s; at most ${peak.toFixed(0)} MB`,
  };
}
