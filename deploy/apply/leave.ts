/** What of a plan is left, and why: a fault leaves what it touches, and nothing else; a person may leave out more. Pure. */
import type { Fleet } from "../../model/fleet.ts";
import { didYouMean } from "../../model/nearest.ts";
import { exitCode, UserError } from "../errors.ts";
import type { Found } from "./finding.ts";
import type { ApplyPlan, ByHand, PlannedMove } from "./plan.ts";

export interface Fault extends ByHand {
  /** Hosts and customers about which nothing is done. */
  blocks: string[];
  /** Hosts that must not be told of their customers; people may move from them. */
  silences?: string[];
}

/** `about`: host or customer. `wanted`: a person asked for it. */
export interface Left { what: string; about: string; because: string; wanted: boolean }
type Why = Pick<Left, "because" | "wanted"> | undefined;

/** `--except a,b --except c`: hosts and customers. @throws UserError (usage) for a name that is neither. */
export function exceptOf(fleet: Fleet, written: readonly string[] = []): Set<string> {
  const names = written.flatMap((each) => each.split(",")).map((name) => name.trim()).filter(Boolean);
  for (const name of names) {
    if (fleet.host(name) || fleet.customer(name)) continue;
    const known = fleet.hosts.flatMap((host) => [host.name, ...host.customers.map(({ slug }) => slug)]);
    throw new UserError(`there is no host or customer ${name} in customers.yaml`, { hint: didYouMean(name, known) ?? "deploy customer list shows them", code: exitCode.usage });
  }
  return new Set(names);
}

/** Takes out of a plan what may not or should not be done. `except`: names of hosts and customers. */
export function leaveOut(plan: ApplyPlan, found: Pick<Found, "hosts">, except: ReadonlySet<string>): void {
  const reasonFor = (...names: string[]): Why => {
    const wanted = names.find((name) => except.has(name));
    if (wanted !== undefined) return { because: `${wanted} is left out on request`, wanted: true };
    const fault = plan.faults.find(({ blocks }) => blocks.some((name) => names.includes(name)));
    return fault && { because: fault.reason, wanted: false };
  };
  const keep = <T>(each: readonly T[], verb: string, name: (one: T) => string, why: (one: T) => Why): T[] => each.filter((one) => {
    const [reason, about] = [why(one), name(one)];
    if (reason) plan.left.push({ what: `${verb} ${about}`, about, ...reason });
    return !reason;
  });
  const told = keep(plan.refreshes, "tell", ({ host }) => host, ({ host }) => reasonFor(host) ?? unsafe(plan, host));
  plan.moves = keep(plan.moves, "move", ({ customer }) => customer, ({ customer, from, to }) => reasonFor(customer, from, to));
  // A host refuses to be told of anybody while a move that nobody goes on with is being prepared.
  plan.refreshes = keep(told, "tell", ({ host }) => host, ({ host, afterMoves }) => afterMoves ? waitsFor(host) : undefined);
  for (const list of [plan.byHand, plan.held, plan.faults] as ByHand[][]) list.splice(0, list.length, ...list.filter(({ about }) => !except.has(about)));

  function waitsFor(host: string): Why {
    const finding = found.hosts.get(host);
    const open = finding?.state === "serving" ? finding.moves.filter(({ phase }) => phase === "preparing").map(({ slug }) => slug) : [];
    const slug = open.find((one) => !plan.moves.some(({ customer }: PlannedMove) => customer === one));
    return slug === undefined ? undefined : { because: `the move of ${slug} is not over`, wanted: except.has(slug) };
  }
}

const unsafe = ({ faults }: Pick<ApplyPlan, "faults">, host: string): Why => {
  const fault = faults.find(({ silences }) => silences?.includes(host));
  return fault && { because: fault.reason, wanted: false };
};

/** Hosts that a plan leaves as they are, whatever happens before. */
export const untouched = ({ faults, left }: Pick<ApplyPlan, "faults" | "left">): Set<string> =>
  new Set([...faults.flatMap(({ blocks, silences = [] }) => [...blocks, ...silences]), ...left.map(({ about }) => about)]);

/** Whether everything that was wanted is in the plan: with nothing left to a person, once it is done, the files are fulfilled. */
export const isDone = ({ faults, left, byHand }: Pick<ApplyPlan, "faults" | "left" | "byHand">): boolean =>
  faults.length === 0 && byHand.length === 0 && left.every(({ wanted }) => wanted);
