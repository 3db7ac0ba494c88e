/** Brings updated hosts back to what they ran before this run, gated like any update, as an operation of its own. */
import pLimit from "p-limit";
import type { AppContainer } from "../host/observe.ts";
import { messageOf, UserError } from "../errors.ts";
import type { HostOutcome } from "../report/event.ts";
import { startOperationPulse } from "./heartbeat.ts";
import type { Rollout } from "./run.ts";
import { updateHost } from "./update.ts";

export interface RevertTarget { host: string; to: AppContainer }

/** Not interrupted by a wish to stop: a half reverted fleet is what nobody wants. `back` is told of each as it is through. Resolves with one outcome a host, in the order given. Throws JournalAway when it can't be noted; nothing was begun then. */
export async function revertHosts(rollout: Pick<Rollout, "operation" | "plan" | "jobBack" | "journal" | "report" | "wait" | "now">, targets: readonly RevertTarget[], back: (outcome: HostOutcome) => void): Promise<HostOutcome[]> {
  const { operation: parent, plan, jobBack, journal, report, wait, now } = rollout;
  const known = await journal.operation(parent);
  const operation = `${parent}-revert${await serial(rollout)}`;
  const subject = [...new Set(targets.map(({ to }) => to.release))].join(", ");
  await journal.begin({ id: operation, verb: "revert", subject, by: known?.by ?? "", machine: known?.machine ?? "", startedAt: now().toISOString(), parent });
  const pulse = startOperationPulse(journal, operation, now, () => {});
  const limit = pLimit(Math.max(1, ...plan.rings.map(({ concurrency }) => concurrency)));
  const results = await Promise.all(targets.map((target) => limit(async () => {
    const result = await takeBack(target);
    back(result);
    return result;
  })));
  pulse.stop();
  const ok = results.every(({ outcome }) => outcome === "reverted");
  await journal.end(operation, now().toISOString(), ok ? "ok" : "failed", JSON.stringify(results.map(({ host, outcome }) => [host, outcome])));
  return results;

  async function takeBack({ host, to }: RevertTarget): Promise<HostOutcome> {
    const outcome = { host, from: to.release, to: plan.release.version };
    report.event({ type: "host-started", host, action: "revert", from: plan.release.version, to: to.release });
    try {
      const { failure, seconds } = await updateHost(await jobBack(host, to, operation), { journal, report, signal: new AbortController().signal, wait });
      return failure ? { ...outcome, outcome: "failed", seconds, failure: { ...failure, undone: `it was to go back to ${to.release}; ${failure.undone}` } } : { ...outcome, outcome: "reverted", seconds };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...outcome, outcome: "failed", seconds: 0, failure: { step: "lock", reason: messageOf(error), undone: `it still runs ${plan.release.version}`, ...(error.hint ? { hint: error.hint } : {}) } };
    }
  }
}

/** A run may revert more than once: after each bake, and at its end. */
async function serial({ journal, operation }: Pick<Rollout, "journal" | "operation">): Promise<string> {
  const earlier = (await journal.followers(operation)).filter(({ verb }) => verb === "revert").length;
  return earlier === 0 ? "" : `-${earlier + 1}`;
}
