/** The columns of the move matrix: every step that the journal knows, of the verbs that a customer can be brought back from. */
import { FLIPPING, type MoveStep, PREPARING, SETTLING } from "../../../deploy/move/steps.ts";
import type { Phase } from "../../../deploy/move/standing.ts";

/** `down`: `back` of who has finished, which copies everything first. */
export type Verb = "run" | "back" | "down" | "abort" | "finish";

/**
 * Between two cells. `apart`: nothing of a move, its own host stands by; `moved`: as after a move; `returned`: as after the
 * way back; `finished`: nothing of a move, and the shared host has nothing of the customer any more.
 */
export type State = "apart" | "moved" | "returned" | "finished";

export interface Column {
  /** A step of the move itself by its name alone: `replicate`, `back/rehearse`, `abort/undo`. */
  name: string;
  verb: Verb;
  step: MoveStep;
}

const of = (verb: Verb, steps: readonly MoveStep[]): Column[] => steps.map((step) => ({ name: verb === "run" ? step : `${verb}/${step}`, verb, step }));

export const columns: readonly Column[] = [
  ...of("run", ["lock", ...PREPARING, ...FLIPPING, ...SETTLING]),
  ...of("back", ["lock", "preflight", "files", "rehearse", ...FLIPPING, ...SETTLING]),
  // What follows is as in `back`.
  ...of("down", ["schema", "replicate", "rehearse"]),
  ...of("abort", ["lock", "route", "replicate", "undo"]),
  ...of("finish", ["lock", "preflight", "replicate", "forward", "finish", "undo"]),
];

export const columnOf = (name: string): Column => columns.find((one) => one.name === name)!;

/** Steps that do the same whether or not everything before them is there already. */
const LATE: ReadonlySet<MoveStep> = new Set<MoveStep>(["files", "rehearse", ...FLIPPING, ...SETTLING]);

/** Where the customer may be for a cell, the best first. */
export function startsOf({ verb, step }: Pick<Column, "verb" | "step">): readonly State[] {
  if (verb === "run") return LATE.has(step) ? ["returned", "apart"] : ["apart"];
  return { abort: ["returned"], down: ["finished"], back: ["moved"], finish: ["moved"] }[verb] as State[];
}
/** Where it is when the verb went well. */
export const ENDS: Readonly<Record<Verb, State>> = { run: "moved", back: "returned", down: "returned", abort: "apart", finish: "finished" };

/** The hold's parts have no beginning that is told: they are one program on the host that is left. */
export const inHold = ({ verb, step }: Column): boolean => (verb === "run" || verb === "back") && (FLIPPING as readonly MoveStep[]).includes(step);
/** Milliseconds into the hold at which each of its parts is about to be. */
export const HOLD_MS: Readonly<Partial<Record<MoveStep, number>>> = { hold: 0, "catch-up": 3, compare: 6, route: 10, release: 20 };

/**
 * Why a strike from outside of the hosts needs no column of its own here: such a strike is tenths of a second away from what
 * it aims at, so these are one moment with the column that is named.
 */
export function sameMoment({ verb, step }: Column): string | undefined {
  if (inHold({ name: "", verb, step }) && step !== "hold") return "the hold is over sooner than a strike from outside comes: one moment with `hold`";
  return verb === "run" && step === "reference" ? "the app has no tables that all share: one moment with `replicate`" : undefined;
}

/** Steps of the move in which the old host serves and something has been prepared, and whose cells end with `abort`: every second one. */
const ABORTED: ReadonlySet<MoveStep> = new Set<MoveStep>(["schema", "replicate", "rehearse"]);

/**
 * What a person types after the struck run, by what `status` says then and where customers.yaml sees the customer.
 * `null`: nothing is left to be done.
 */
export function nextVerb({ verb, step }: Column, phase: Phase, filesSay: "shared" | "own"): Verb | null {
  if (verb === "run") return phase === "preparing" && ABORTED.has(step) ? "abort" : "run";
  if (verb === "abort" || verb === "finish") return phase === "none" ? null : verb;
  if (verb === "down") return verb;
  if (phase === "preparing" && filesSay === "shared" && step === "watch") return "abort";
  return phase === "none" ? null : "back";
}
