/** Does what a plan of `apply` says, one thing after the other; the next run goes on with what is left. */
import type { Context } from "../context.ts";
import { expectCredentials } from "../credentials/pending.ts";
import { configuredChannel, giveCredentials } from "../credentials/run.ts";
import { UserError } from "../errors.ts";
import { type MoveManner, moveOn, mustBeFree } from "../move/perform.ts";
import { hostsNamed } from "../report/units.ts";
import { runPlan } from "../rollout/perform.ts";
import { plannedHosts } from "../rollout/plan.ts";
import { prepare } from "../rollout/prepare.ts";
import { mustBeStartable } from "../rollout/startable.ts";
import { lookFor } from "./look.ts";
import { untouched } from "./leave.ts";
import type { ApplyPlan } from "./plan.ts";
import { runTasks, type Task } from "./tasks.ts";

export interface Applied { ok: boolean; done: string[]; left: string[] }

/** `terminal`: a person sees what is printed. @throws UserError of the first thing that could not be begun, after doing what it does not touch and saying what is left. */
export async function runApply(context: Context, plan: ApplyPlan, manner: MoveManner, terminal: boolean): Promise<Applied> {
  const { report, signal } = context;
  // Before a host hears of them: should this program die in between, the next one knows.
  await expectCredentials(context, plan.credentials);
  const now = plan.refreshes.filter(({ afterMoves }) => !afterMoves).map(({ host }) => host);
  const alone = untouched(plan);
  // Whoever has moved is no longer the old host's, and its own one may have waited for news until it served.
  const later = [...new Set([...plan.refreshes.filter(({ afterMoves }) => afterMoves).map(({ host }) => host), ...plan.moves.flatMap(({ from, to }) => [from, to]).filter((host) => !alone.has(host))])];
  const { done, left, fault } = await runTasks([
    ...now.map((host) => refreshTask(context, host, manner)),
    ...plan.moves.map(({ customer, from, to }): Task => ({
      what: `move ${customer}`, hosts: [from, to],
      run: async () => (await moveOn(context, customer, { ...manner, agree: async (found) => mustBeFree(found) })).ok,
    })),
    ...later.map((host) => refreshTask(context, host, manner)),
    ...credentialTasks(context, plan, manner, terminal),
  ], signal, (line) => report.text(line));
  if (left.length > 0) report.text(`Left to do: ${left.join(", ")}. Next: \`deploy apply\` goes on.`);
  report.data({ applied: { ok: left.length === 0, done, left } });
  if (fault) throw fault;
  return { ok: left.length === 0, done, left };
}

/** By the engine that updates hosts, with the release that is there. Does nothing where nothing is to be told. */
function refreshTask(context: Context, name: string, { wait }: MoveManner): Task {
  return {
    what: `tell ${name}`, hosts: [name],
    run: () => tellHost(context, name, wait),
  };
}

/**
 * Resolves with whether the host is as the files say, as far as it can be without a new container. `mustHear`: it is a fault
 * when one that needs more than that is not told.
 */
export async function tellHost(context: Context, name: string, wait: number, { mustHear = false } = {}): Promise<boolean> {
  const host = context.fleet.host(name);
  // A host that a move has just given up or made is as the files now say.
  if (!host) return true;
  const finding = await lookFor(context, host);
  if (finding.state === "silent") throw new UserError(`${name}: ${finding.fault}`, finding.hint ? { hint: finding.hint } : {});
  if (mustHear && finding.state === "empty") throw new UserError(`${name} was not told: no release runs there`, { hint: `deploy update ${name}` });
  if (finding.state !== "serving") return true;
  const more = (reason: string): UserError => new UserError(`${name} needs more than to be told: ${reason}`, { hint: `deploy update ${name} ${finding.release.version}` });
  if (mustHear && finding.action !== "refresh" && finding.action !== "none") throw more(finding.reason);
  if (finding.action !== "refresh") return true;
  // Whoever it hears of for the first time, also by the way of another's news, gets credentials by this run or the next.
  const { fleet } = context;
  const isNew = (slug: string): boolean => { const { status, email } = fleet.customer(slug)?.customer ?? {}; return status === "active" && email !== undefined; };
  await expectCredentials(context, finding.unknown.filter(isNew));
  const prepared = await prepare(context, finding.release, { at: context.now(), now: true, only: [name], onFailure: "halt" });
  mustBeStartable(prepared.plan, "update");
  const other = plannedHosts(prepared.plan).find(({ action }) => action !== "refresh");
  if (other) throw more(other.reason);
  return (await runPlan(context, prepared, { verb: "update", ask: false, dryRun: false, wait }, context.journal)).ok;
}

/** After all hosts: a host that could not be told keeps its own customers waiting, and nobody else. */
function credentialTasks(context: Context, { credentials }: ApplyPlan, { wait }: MoveManner, terminal: boolean): Task[] {
  if (credentials.length === 0) return [];
  const channel = configuredChannel(context, terminal);
  if (channel.fault) {
    context.report.text(`No credentials for ${hostsNamed(credentials)} yet: ${channel.fault}. Next: deploy customer credentials CUSTOMER`);
    return [];
  }
  const hosts = Map.groupBy(credentials.filter((slug) => context.fleet.customer(slug)), (slug) => context.fleet.customer(slug)!.host.name);
  return [...hosts].map(([host, slugs]) => ({
    what: `credentials for ${hostsNamed(slugs)}`, hosts: [host],
    run: async () => (await giveCredentials(context, slugs, { channel, wait })).every(({ ok }) => ok),
  }));
}
