/** Where customers are served, against where the files want them. Pure. */
import type { CustomerPlace, Fleet } from "../../model/fleet.ts";
import type { Standing } from "../move/standing.ts";
import type { Found } from "./finding.ts";
import type { Fault } from "./leave.ts";
import type { ApplyPlan, ByHand } from "./plan.ts";

export function judgeCustomers(plan: ApplyPlan, fleet: Fleet, found: Found): void {
  for (const [slug, host] of found.elsewhere) {
    const place = fleet.customer(slug);
    if (place) plan.faults.push(second(misplaced(slug, host, place), place));
  }
  for (const [slug, standing] of found.standings) {
    const place = fleet.customer(slug);
    if (place) judgeMove(plan, place, standing, found);
  }
}

/** It would be made a second time by a host that is told of it. */
const second = (fault: ByHand, { host, next }: CustomerPlace): Fault => ({ ...fault, blocks: [fault.about], silences: [host.name, ...(next ? [next.name] : [])] });

/** What a person did to a move that is not to begin again by itself; null: nothing. `newest`: verb of the newest operation about it. */
export function heldBy({ phase, to, from }: Standing, newest: string | undefined): string | null {
  // By its own host, or, when that is silent, by the journal. Whoever began anew meant it.
  if (newest === "move back" || (to.fence === "left" && newest !== "move")) return phase === "preparing" ? `it was brought back to ${from.host}` : null;
  return phase === "none" && newest === "move abort" ? "its move was aborted" : null;
}

function judgeMove(plan: ApplyPlan, place: CustomerPlace, standing: Standing, found: Found): void {
  const { customer: { slug: about }, next, host } = place;
  const { phase, from, to } = standing;
  const status = `deploy move status ${about}`;
  const held = heldBy(standing, found.newest.get(about));
  /** The file wants it on a host of its own, now or soon. */
  const own = next !== undefined || host.name === about;
  if (phase === "unknown") {
    plan.faults.push({ about, reason: `where it is served is not known, since ${[from, to].filter(({ fault }) => fault !== null).map((side) => `${side.host} does not say it (${side.fault})`).join(" and ")}`, commands: [status], blocks: [about] });
  } else if (!own) {
    plan.faults.push(...shared(about, standing).map((fault) => second(fault, place)));
  } else if (phase === "moved") {
    if (next) plan.moves.push({ customer: about, from: from.host, to: to.host, goesOn: true, plan: null });
  } else if (next === undefined) {
    if (phase === "preparing" && to.fence === "left") plan.moves.push({ customer: about, from: to.host, to: from.host, goesOn: true, plan: null });
    else if (phase !== "none") plan.faults.push(second({ about, reason: `customers.yaml says phase live, and ${from.host} serves it: its move is not done`, commands: [`deploy customer set ${about} --phase ''`, "deploy apply"] }, place));
  } else if (held !== null) {
    plan.held.push({ about, reason: held, commands: [`deploy move run ${about}`, ...(phase === "preparing" ? [`deploy move abort ${about}`] : [])] });
  } else if (to.fault !== null) {
    plan.faults.push({ about, reason: `the host that it moves to does not answer: ${to.fault}`, commands: ["runbooks/host-dead-in-move.md"], blocks: [about] });
  } else {
    const move = found.moves.get(about) ?? null;
    plan.moves.push({ customer: about, from: from.host, to: to.host, goesOn: phase !== "none", plan: move });
    const unplanned = found.unplanned.get(about);
    if (unplanned) plan.faults.push({ about, reason: unplanned.fault, commands: unplanned.hint ? [unplanned.hint] : [], blocks: [about] });
    for (const { message, mend } of move?.faults ?? []) plan.faults.push({ about, reason: message, commands: mend ? mend.split("\n") : [], blocks: [about] });
  }
}

/** The file wants it on a shared host. The way back needs the entry as it was: without it the customer's own stack can't be changed. */
function shared(about: string, { phase, to }: Standing): ByHand[] {
  if (phase === "moved") {
    return [{ about, reason: `customers.yaml has it in a shared tier, and ${to.host} serves it`, commands: [`deploy customer set ${about} --tier dedicated --phase live`, `deploy move back ${about}`, "runbooks/retire-a-host.md"] }];
  }
  if (phase === "none") return [];
  return [{ about, reason: "customers.yaml has it in a shared tier, and a move of it is not over", commands: [`deploy customer set ${about} --tier dedicated`, `deploy move abort ${about}`, "runbooks/retire-a-host.md"] }];
}

function misplaced(about: string, at: string, { host, next }: CustomerPlace): ByHand {
  const wanted = next ?? host;
  const served = `${at} serves it`;
  if (wanted.kind === "dedicated") return { about, reason: `customers.yaml says phase live, and ${served}: only a move brings its data`, commands: [`deploy customer set ${about} --phase ''`, "deploy apply"] };
  if (at === about) return { about, reason: `customers.yaml has it on ${wanted.name}, and it has a host of its own`, commands: [`deploy customer set ${about} --tier dedicated --phase live`, `deploy move back ${about}`, "runbooks/retire-a-host.md"] };
  return { about, reason: `customers.yaml has it on ${wanted.name}, and ${served}: a customer moves between a shared host and one of its own only`, commands: [`deploy customer set ${about} --host ${at}`] };
}
