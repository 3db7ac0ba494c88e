/** What it takes to be as customers.yaml says, as a value. Pure; printed and run as it is. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { MovePlan } from "../move/plan.ts";
import type { Found, HostFinding } from "./finding.ts";
import { judgeCustomers } from "./customers.ts";
import { judgeLife } from "./life.ts";
import { type Fault, leaveOut, type Left } from "./leave.ts";

export interface PlannedRefresh {
  host: string;
  /** Stays as it is. */
  release: string;
  /** `customers`, `host names`, `files`, or what a killed run left. */
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
  /** Customers whose admin gets first credentials, once all hosts are told. */
  credentials: string[];
  /** Customers whose data's last day has come. Erased only when that was asked for. */
  erasures: string[];
  /** Left to do afterwards: the files are not fulfilled without it. */
  byHand: ByHand[];
  /** Was stopped by a person, and stays so until a person says otherwise. */
  held: ByHand[];
  /** Worth knowing. */
  notices: ByHand[];
  /** Nothing is done about the hosts and customers that one blocks. */
  faults: Fault[];
  /** Would be done, and is not. */
  left: Left[];
}

export const isEmpty = ({ refreshes, moves, credentials }: Pick<ApplyPlan, "refreshes" | "moves" | "credentials">): boolean => refreshes.length + moves.length + credentials.length === 0;

/** `except`: hosts and customers that a person wants left out. */
export function planApply(fleet: Fleet, found: Found, except: ReadonlySet<string> = new Set()): ApplyPlan {
  const plan: ApplyPlan = { format: 1, refreshes: [], moves: [], credentials: [], erasures: [], byHand: [], held: [], notices: [], faults: [], left: [] };
  for (const host of fleet.hosts) {
    const finding = found.hosts.get(host.name);
    if (finding) judgeHost(plan, host, finding);
    if (finding) judgeStrangers(plan, fleet, host, found);
  }
  judgeCustomers(plan, fleet, found);
  leaveOut(plan, found, except);
  judgeLife(plan, fleet, found, except);
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
      plan.faults.push({ about, reason: finding.fault, commands: finding.hint ? [finding.hint] : [], blocks: [about] });
      return;
    case "empty":
      plan.byHand.push({ about, reason: "no release runs there", commands: [update] });
      return;
    case "serving":
  }
  const { release: { version: release }, action, reason, parts, unknown, certified, moves } = finding;
  // One without customers has a certificate all the same.
  const less = host.hostnames.length === 0 ? [] : certified.filter((name) => !host.hostnames.includes(name));
  const more = host.hostnames.filter((name) => !certified.includes(name));
  if (more.length + less.length > 0) {
    plan.byHand.push({ about, reason: [...(more.length > 0 ? [`its stack has no ${more.join(", ")}`] : []), ...(less.length > 0 ? [`its stack still has ${less.join(", ")}`] : [])].join("; "), commands: [`pulumi up -s ${about}`] });
  }
  if (action === "refresh") {
    // Nothing to tell: a killed run left something, which the same engine takes away.
    plan.refreshes.push({ host: about, release, changes: parts.length > 0 ? [...parts] : [reason], adds: [...unknown], afterMoves: moves.some(({ phase }) => phase === "preparing") });
  } else if (action === "install" && moves.length > 0) {
    plan.notices.push({ about, reason: "it passes on what comes for a customer who moves; it is brought up to date when that is over", commands: ["deploy move status"] });
  } else if (action !== "none") {
    plan.byHand.push({ about, reason, commands: [`${update} ${release}`] });
  }
}

/** Whom a host's app has never heard of, a shared host that is silent may serve: nobody must be made a second time, empty. */
function judgeStrangers(plan: ApplyPlan, fleet: Fleet, { name: about, customers }: Host, { hosts }: Found): void {
  const finding = hosts.get(about)!;
  const unknown = finding.state === "serving" ? finding.unknown : finding.state === "absent" ? customers.map(({ slug }) => slug) : [];
  const strange = unknown.filter((slug) => !fleet.customer(slug)?.next);
  const silent = fleet.hosts.find(({ name, kind }) => kind === "shared" && name !== about && hosts.get(name)?.state === "silent");
  if (strange.length === 0 || !silent) return;
  plan.byHand = plan.byHand.filter((one) => one.about !== about);
  plan.faults.push({
    about, reason: `whether ${silent.name} serves ${strange.join(", ")} already is not known, since it does not answer`,
    commands: finding.state === "serving" ? [`deploy update ${about} ${finding.release.version}`] : [], blocks: [], silences: [about],
  });
}
