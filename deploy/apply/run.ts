/** Does what a plan of `apply` says, one thing after the other; a fault ends it, and the next run goes on. */
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { type MoveManner, moveOn, mustBeFree } from "../move/perform.ts";
import { runPlan } from "../rollout/perform.ts";
import { plannedHosts } from "../rollout/plan.ts";
import { prepare } from "../rollout/prepare.ts";
import { mustBeStartable } from "../rollout/startable.ts";
import { lookFor } from "./look.ts";
import type { ApplyPlan } from "./plan.ts";

export interface Applied { ok: boolean; done: string[]; left: string[] }

interface Task {
  what: string;
  /** Resolves with whether it is done. */
  run(): Promise<boolean>;
}

/** @throws UserError of a thing that could not be begun, after saying what is left. */
export async function runApply(context: Context, plan: ApplyPlan, manner: MoveManner): Promise<Applied> {
  const now = plan.refreshes.filter(({ afterMoves }) => !afterMoves).map(({ host }) => host);
  // Whoever has moved is no longer the old host's, and its own one may have waited for news until it served.
  const later = [...new Set([...plan.refreshes.filter(({ afterMoves }) => afterMoves).map(({ host }) => host), ...plan.moves.flatMap(({ from, to }) => [from, to])])];
  const tasks: Task[] = [
    ...now.map((host) => refreshTask(context, host, manner)),
    ...plan.moves.map(({ customer }): Task => ({
      what: `move ${customer}`,
      run: async () => (await moveOn(context, customer, { ...manner, agree: async (found) => mustBeFree(found) })).ok,
    })),
    ...later.map((host) => refreshTask(context, host, manner)),
  ];
  const done: string[] = [];
  try {
    for (const { what, run } of tasks) {
      if (context.signal.aborted || !await run()) break;
      done.push(what);
    }
  } finally {
    const left = tasks.slice(done.length).map(({ what }) => what);
    if (left.length > 0) context.report.text(`Left to do: ${left.join(", ")}. Next: \`deploy apply\` goes on.`);
    context.report.data({ applied: { ok: left.length === 0, done, left } });
  }
  return { ok: done.length === tasks.length, done, left: tasks.slice(done.length).map(({ what }) => what) };
}

/** By the engine that updates hosts, with the release that is there. Does nothing where nothing is to be told. */
function refreshTask(context: Context, name: string, { wait }: MoveManner): Task {
  return {
    what: `tell ${name}`,
    async run() {
      const host = context.fleet.host(name);
      // A host that a move has just given up or made is as the files now say.
      if (!host) return true;
      const finding = await lookFor(context, host);
      if (finding.state === "silent") throw new UserError(`${name}: ${finding.fault}`, finding.hint ? { hint: finding.hint } : {});
      if (finding.state !== "serving" || finding.action !== "refresh" || finding.parts.length === 0) return true;
      const prepared = await prepare(context, finding.release, { at: context.now(), now: true, only: [name], onFailure: "halt" });
      mustBeStartable(prepared.plan, "update");
      const more = plannedHosts(prepared.plan).find(({ action }) => action !== "refresh");
      if (more) throw new UserError(`${name} needs more than to be told: ${more.reason}`, { hint: `deploy update ${name} ${finding.release.version}` });
      return (await runPlan(context, prepared, { verb: "update", ask: false, dryRun: false, wait }, context.journal)).ok;
    },
  };
}
