/** What it takes to be as customers.yaml says, as a value. Pure; printed and run as it is. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { MovePlan } from "../move/plan.ts";
import type { Found, HostFinding } from "./finding.ts";
import { judgeCustomers } from "./customers.ts";

export interface PlannedRefresh {
  host: string;
  /** Stays as it is. */
  release: string;
  /** `customers`, `host names`, `files`. */
  changes: string[];
  /** Slugs that its app hears of for the first time. */
  adds: string[];
  /** Updates of the host are refused until a move's cutover is done. */
  afterMoves: boolean;
}

export interface PlannedMove {
  customer: string;
  from: string;
  to: string;
  /** It was begun before. */
  goesOn: boolean;
  /** Null: only what follows the cutover is left. */
  plan: MovePlan | null;
}

/** What nobody but a person can do, or should decide. */
export interface ByHand { about: string; reason: string; commands: string[] }

export interface ApplyPlan {
  format: 1;
  refreshes: PlannedRefresh[];
  /** One after the other. */
  moves: PlannedMove[];
  /** Left to do afterwards: the files are not fulfilled without it. */
  byHand: ByHand[];
  /** Was stopped by a person, and stays so until a person says otherwise. */
  held: ByHand[];
  /** Worth knowing. */
  notices: ByHand[];
  /** Nothing starts while there is one. */
  faults: ByHand[];
}

export const isEmpty = ({ refreshes, moves }: Pick<ApplyPlan, "refreshes" | "moves">): boolean => refreshes.length === 0 && moves.length === 0;

export function planApply(fleet: Fleet, found: Found): ApplyPlan {
  const plan: ApplyPlan = { format: 1, refreshes: [], moves: [], byHand: [], held: [], notices: [], faults: [] };
  for (const host of fleet.hosts) {
    const finding = found.hosts.get(host.name);
    if (finding) judgeHost(plan, host, finding);
  }
  judgeCustomers(plan, fleet, found);
  for (const name of [...found.stacks].filter((stack) => !fleet.host(stack)).sort()) {
    plan.notices.push({ about: name, reason: "its stack is there, and costs; customers.yaml has no such host", commands: ["runbooks/retire-a-host.md"] });
  }
  return plan;
}

function judgeHost(plan: ApplyPlan, host: Host, finding: HostFinding): void {
  const { name: about } = host;
  const update = `deploy update ${about}`;
  switch (finding.state) {
    case "absent":
      plan.byHand.push({ about, reason: "its stack is not there", commands: [`pulumi stack init ${about}`, `pulumi up -s ${about}`, update] });
      return;
    case "silent":
      plan.faults.push({ about, reason: finding.fault, commands: finding.hint ? [finding.hint] : [] });
      return;
    case "empty":
      plan.byHand.push({ about, reason: "no release runs there", commands: [update] });
      return;
    case "serving":
  }
  const { release: { version: release }, action, reason, parts, unknown, certified, moves } = finding;
  const [more, less] = [host.hostnames.filter((name) => !certified.includes(name)), certified.filter((name) => !host.hostnames.includes(name))];
  if (more.length + less.length > 0) {
    plan.byHand.push({ about, reason: [...(more.length > 0 ? [`its stack has no ${more.join(", ")}`] : []), ...(less.length > 0 ? [`its stack still has ${less.join(", ")}`] : [])].join("; "), commands: [`pulumi up -s ${about}`] });
  }
  if (action === "refresh" && parts.length > 0) {
    plan.refreshes.push({ host: about, release, changes: [...parts], adds: [...unknown], afterMoves: moves.some(({ phase }) => phase === "preparing") });
  } else if (action === "install" && moves.length > 0) {
    plan.notices.push({ about, reason: "it passes on what comes for a customer who moves; it is brought up to date when that is over", commands: ["deploy move status"] });
  } else if (action !== "none") {
    plan.byHand.push({ about, reason, commands: [`${update} ${release}`] });
  }
}
