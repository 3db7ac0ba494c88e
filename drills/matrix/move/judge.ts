/** What a cell of the move matrix must show, against what was seen. Pure. */
import type { Phase } from "../../../deploy/move/standing.ts";
import { FLIPPING, type MoveStep, SETTLING } from "../../../deploy/move/steps.ts";
import type { Summary } from "../../traffic/tally.ts";
import { type Column, type State, startsOf, type Verb } from "./columns.ts";
import type { Look } from "./look.ts";
import type { Row } from "./rows.ts";

/** A host after the struck run or in the end, with how many of the acknowledged writes it has not. */
export type Host = Omit<Look, "tickets"> & { tickets: number; missing: number };

export interface Moment { phase: Phase; serving: string | null; hosts: { shared: Host; own: Host } }

export interface Seen {
  /** Why there was no strike; null: it came. */
  missed: string | null;
  /** Exit codes of the struck run (null: it had to be killed because it did not end) and of what was typed next. */
  codes: [number | null, number];
  complaint: string;
  next: Verb | null;
  /** Where the cell has to end. */
  wanted: State;
  between: Moment;
  after: Moment;
  /** What customers.yaml says of the customer's own host in the end. */
  filesSay: "shared" | "own";
  /** Directions of the replication with their faults, in the end. */
  flows: string[];
  openEnds: string[];
  customer: Summary;
  others: Summary;
  acknowledged: number;
  /** Whether hosts run the app's worker. */
  worker: boolean;
}

export function faultsOf(row: Row, column: Column, seen: Seen): string[] {
  return [...endings(row, seen), ...served("after the struck run", column, seen.between), ...served("in the end", column, seen.after), ...standing(seen), ...seen.openEnds.map((end) => `at the end: ${end}`), ...requests(row, column, seen)];
}

function endings(row: Row, { missed, codes: [first, next], complaint, next: verb, wanted }: Seen): string[] {
  const allowed = row.hits === "tool" ? [137] : [0, 1];
  return [
    ...(missed === null ? [] : [missed]),
    ...(first === null ? ["the struck run had to be killed: it did not end"] : allowed.includes(first) ? [] : [`the struck run ended with ${first} instead of ${allowed.join(" or ")}`]),
    ...(next === 0 ? [] : [`${verb === null ? "what" : `deploy move ${verb}`} came next ended with ${next} instead of 0, on the way to ${wanted}: ${complaint}`]),
  ];
}

/** Steps of the move in which, or after which before the next run, the customer may be on its own host. */
const MAY_BE_GONE: ReadonlySet<MoveStep> = new Set<MoveStep>([...FLIPPING, ...SETTLING]);

const WRITES = new Set(["open", "noting"]);

/** One host takes the customer's writes, and has every one that was acknowledged. */
function served(when: string, { verb }: Column, { phase, serving, hosts: { shared, own } }: Moment): string[] {
  // Without a guard everybody may write: before the cutover the customer is on the shared host, when a move is finished on its own.
  const unguarded = verb === "finish" || verb === "down" ? own : phase === "moved" ? undefined : shared;
  const open = [shared, own].filter((side) => side.fence === null ? side === unguarded : WRITES.has(side.fence));
  if (open.length !== 1) return [`${when} ${open.length === 0 ? "no host takes" : "both hosts take"} the customer's writes (${phase}: ${shared.fence ?? "none"} on ${shared.host}, ${own.fence ?? "none"} on ${own.host})`];
  const [home] = open as [Host];
  return [
    ...(serving === null ? [`${when} status does not know who serves (${phase})`] : serving !== home.host ? [`${when} status says that ${serving} serves, but ${home.host} takes the writes`] : []),
    ...(home.missing > 0 ? [`${when} ${home.missing} acknowledged writes are missing on ${home.host}, which serves`] : []),
  ];
}

/** What has to be there, and nothing else. */
function standing({ wanted, worker, after: { phase, hosts: { shared, own } }, filesSay, flows }: Seen): string[] {
  const wrong: string[] = [];
  const phases: Record<State, Phase> = { apart: "none", moved: "moved", returned: "preparing", finished: "none" };
  const over = wanted === "apart" || wanted === "finished";
  if (phase !== phases[wanted]) wrong.push(`in the end the move is ${phase} instead of ${phases[wanted]}`);
  if ((filesSay === "own") !== (wanted === "moved" || wanted === "finished")) wrong.push(`in the end customers.yaml has the customer on ${filesSay === "own" ? "its own host" : shared.host}`);
  for (const side of [shared, own]) {
    if (side.lock !== null) wrong.push(`in the end ${side.host} has a lock: ${side.lock}`);
    if (side.apps !== 1) wrong.push(`in the end ${side.host} runs ${side.apps} app containers`);
    wrong.push(...side.things.filter((thing) => over || !/^(link|route) |^a password file$/.test(thing)).map((thing) => `in the end ${side.host} has ${thing}`));
    const marks = over ? [] : [wanted === "moved" ? "moved" : "preparing"];
    if (side.marks.join() !== marks.join()) wrong.push(`in the end ${side.host} has ${side.marks.length === 0 ? "no note of a move" : `a note of a move: ${side.marks.join(", ")}`}`);
    if (over) wrong.push(...side.objects.map((object) => `in the end ${side.host} has ${object} in its database`));
    else if (side.missing > 0) wrong.push(`in the end ${side.missing} acknowledged writes are missing on ${side.host}, which is kept current`);
  }
  for (const left of [...(wanted === "apart" ? [own] : []), ...(wanted === "finished" ? [shared] : [])]) {
    if (left.tickets > 0) wrong.push(`in the end ${left.host} has ${left.tickets} of the customer's rows`);
  }
  const home = wanted === "moved" || wanted === "finished" ? own : shared;
  if (worker && home.overdue > 0) wrong.push(`in the end ${home.overdue} of the customer's jobs failed or wait for a worker of ${home.host} for minutes`);
  return [...wrong, ...flows.map((fault) => `in the end ${fault}`)];
}

/** A host that is dead or cut off serves nobody; a full disk takes no writes of who is there. Nobody else may notice anything. */
function requests({ hits, name }: Row, column: Column, { customer, others }: Seen): string[] {
  const [shared, own] = column.verb === "back" || column.verb === "down" ? ["gone", "left"] : ["left", "gone"];
  const maybeThere = column.verb === "run" ? MAY_BE_GONE.has(column.step) : column.verb !== "abort";
  const told = (who: string, { failed, sent, failures }: Summary): string[] => failed === 0 ? [] : [`${failed} of ${sent} requests of ${who} failed: ${failures.slice(0, 3).join("; ")}`];
  return [
    ...(hits === shared ? [] : told("others", others)),
    ...(hits === shared || (maybeThere && (hits === own || name === "full-disk")) ? [] : told("the customer", customer)),
  ];
}

/** State in which the next cell finds the customer. */
export const stateOf = (phase: Phase, filesSay: "shared" | "own"): State | undefined =>
  phase === "none" ? (filesSay === "own" ? "finished" : "apart") : phase === "moved" ? "moved" : phase === "preparing" && filesSay === "shared" ? "returned" : undefined;

/** Cells in an order in which each begins where the last one ended, as far as there are such. */
export function chained<T extends { column: Column }>(todo: readonly T[], ends: (one: T) => State): T[] {
  const left = [...todo];
  const order: T[] = [];
  let state: State = "apart";
  while (left.length > 0) {
    // Whoever has finished comes down by a way back of its own, and is as after any.
    if (state === "finished" && !left.some(({ column }) => startsOf(column).includes("finished"))) state = "returned";
    const best = Math.min(...left.map(({ column }) => rank(column, state)));
    const [one] = left.splice(left.findIndex(({ column }) => rank(column, state) === best), 1) as [T];
    order.push(one);
    state = ends(one);
  }
  return order;
}

/** How well a cell begins where the customer is; those that can begin elsewhere, too, come later. */
function rank(column: Column, state: State): number {
  const starts = startsOf(column);
  return starts.includes(state) ? starts.length + starts.indexOf(state) : 9;
}
