/** One cell: a verb about a move that is struck at one step, mended, ended by what a person would type, and looked at from all sides. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StandingReport } from "../../../deploy/move/status.ts";
import type { Event } from "../../../deploy/report/event.ts";
import { replicationFault } from "../../../deploy/move/data/replicate.ts";
import { openLedger } from "../../move/ledger.ts";
import { openEnds } from "../../site/journal.ts";
import { startDeploy } from "../../site/running.ts";
import { startTraffic } from "../../traffic/traffic.ts";
import type { MatrixOptions } from "../matrix.ts";
import { recovered } from "../restore.ts";
import { whileStill, within } from "../strike.ts";
import type { TableCell } from "../table.ts";
import { buryTheDead, filesSay, type MoveArena, statusOf, wordsOf } from "./arena.ts";
import { type Column, ENDS, HOLD_MS, inHold, nextVerb, type State } from "./columns.ts";
import { faultsOf, type Host, type Moment, type Seen } from "./judge.ts";
import { lookAt } from "./look.ts";
import { MOVES } from "../../../deploy/host/paths.ts";
import { readModel } from "../../../model/read.ts";
import type { Row, Scene } from "./rows.ts";

export interface MoveCell extends TableCell { seen: Seen }

/** Longer than any sound run takes; a host that is away is waited for. */
const MOST_SECONDS = 300;

export async function playMoveCell(arena: MoveArena, row: Row, column: Column, turn: number, { patient, rate }: MatrixOptions): Promise<MoveCell> {
  const began = performance.now();
  const { site, machines, slug, hosts, target, others, tokens } = arena;
  const environment = { ...process.env, ...site.environment };
  const ledger = openLedger({ target, environment, tokens, writes: rate, reads: 1, jobEvery: 5 });
  const beside = startTraffic({ targets: others, environment, tokens, rate: 1 });
  const [left, gone] = column.verb === "back" || column.verb === "down" ? [hosts[1], hosts[0]] : hosts;
  const done: Partial<Seen> = {};
  try {
    const run = await struckRun({ machines, slug, left, gone, column, turn }, row, site);
    await Promise.all(hosts.map((host) => recovered({ machines }, host)));
    const between = await lookAround(arena, ledger.acknowledged, "serving");
    if (!patient) await buryTheDead(arena);
    const next = nextVerb(column, between.phase, filesSay(arena));
    const ended = next === null ? { code: 0, stdout: "", stderr: "" } : await startDeploy(site, wordsOf(next, slug)).ended;
    Object.assign(done, { missed: run.missed, codes: [run.code, ended.code], complaint: complaintOf(ended), between, next, wanted: next === null ? ENDS[column.verb] : ENDS[next] });
  } finally {
    const acknowledged = ledger.acknowledged;
    [done.customer, done.others] = await Promise.all([ledger.stop(), beside.stop()]);
    done.acknowledged = acknowledged.size;
  }
  const { replication, ...atLast } = await lookAround(arena, ledger.acknowledged, "both");
  const flows = Object.entries(replication).flatMap(([direction, state]) => { const fault = replicationFault(state); return fault ? [`${direction}: ${fault}`] : []; });
  const seen: Seen = { ...done as Seen, worker: readModel(site.directory).fleet.platform.app.worker !== undefined, after: atLast, filesSay: filesSay(arena), flows, openEnds: await openEnds(site, 3) };
  const wrong = faultsOf(row, column, seen);
  return { row: row.name, step: column.name, ok: wrong.length === 0, wrong, seconds: (performance.now() - began) / 1000, seen };
}

/** From the first line to the end of the run that is struck, everything mended. */
async function struckRun(given: Omit<Scene, "running">, row: Row, site: MoveArena["site"]): Promise<{ code: number | null; missed: string | null }> {
  const { column, machines, slug, left } = given;
  let missed: string | null = `step ${column.name} never began`;
  let striking: Promise<void> = Promise.resolve();
  let healed: Promise<void> | undefined;
  const heal = (): Promise<void> => healed ??= row.heal(scene);
  const strike = async (): Promise<void> => {
    try {
      await (row.hits === "tool" || inHold(column) ? row.strike(scene) : whileStill(running, () => row.strike(scene)));
      missed = null;
    } catch (error) {
      missed = `the strike at ${column.name} failed: ${(error as Error).message}`;
    }
  };
  let told = false;
  const hear = (event: Event): void => {
    if (told) return;
    if (inHold(column) ? event.type === "move-step-ended" && event.step === "rehearse" : event.type === "move-step-started" && event.step === column.step) {
      told = true;
      striking = row.strikes === "in the hold" && inHold(column) ? untilHeld(machines, left, slug, HOLD_MS[column.step]!).then(strike) : strike();
    }
  };
  const running = startDeploy(site, wordsOf(column.verb, slug), hear);
  const scene: Scene = { ...given, running };
  const over = new AbortController();
  const coming = row.lasts === undefined ? Promise.resolve() : after(row.lasts(column), () => missed === null, heal, over.signal);
  const ended = await within(running.ended, MOST_SECONDS);
  if (!ended) {
    running.signal("SIGKILL");
    await running.ended;
  }
  over.abort();
  await striking;
  await coming;
  await heal();
  return { code: ended?.code ?? null, missed };
}

/** Heals so many seconds after the strike, or when the run is over. */
async function after(seconds: number, struck: () => boolean, heal: () => Promise<void>, over: AbortSignal): Promise<void> {
  while (!struck() && !over.aborted) await sleep(200);
  await sleep(seconds * 1000, undefined, { signal: over }).catch(() => {});
  if (struck()) await heal();
}

/** Comes back some milliseconds after the hold has begun, or when none does within a minute. */
const untilHeld = (machines: MoveArena["machines"], host: string, slug: string, milliseconds: number): Promise<unknown> =>
  machines.inside(host, `timeout 50 sh -c 'until grep -qs ^holding ${MOVES}/${slug}/phase; do sleep 0.001; done'; sleep ${milliseconds / 1000}`);

const complaintOf = ({ stdout, stderr }: { stdout: string; stderr: string }): string => {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  const { summary } = (last.startsWith("{") ? JSON.parse(last) : {}) as { summary?: { failure?: { step: string; reason: string } | null } };
  return `${summary?.failure ? `${summary.failure.step}: ${summary.failure.reason}` : ""} ${stderr.trim()}`.trim().slice(0, 1500);
};

/** Both hosts and what status makes of them. `waits`: for whom, when writes are missing; the last ones may still be on their way to the host that is kept current. */
async function lookAround({ site, machines, hosts, slug }: MoveArena, acknowledged: ReadonlyMap<string, number>, waits: "serving" | "both"): Promise<Moment & Pick<StandingReport, "replication">> {
  const known = [...acknowledged.keys()];
  const { phase, serving, replication } = await statusOf(site);
  const look = async (host: string): Promise<Host> => {
    for (let attempt = 0; ; attempt += 1) {
      const { tickets, ...found } = await lookAt(machines, host, slug);
      const missing = known.filter((id) => !tickets.has(id)).length;
      if (missing === 0 || attempt >= 3 || phase === "none" || (waits === "serving" && host !== serving)) return { ...found, tickets: tickets.size, missing };
      await sleep(1000);
    }
  };
  const [shared, own] = await Promise.all(hosts.map(look));
  return { phase, serving, replication, hosts: { shared: shared!, own: own! } };
}

/** What a cell most likely ends with. */
export function expectedEnd(column: Column): State {
  const there = column.verb !== "run" && column.verb !== "abort";
  return ENDS[nextVerb(column, there ? "moved" : "preparing", there ? "own" : "shared") ?? column.verb];
}
