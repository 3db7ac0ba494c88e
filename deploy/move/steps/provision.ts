/** The host that is moved to: made if it is not there, and healthy on the same release before any data comes. */
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { UserError } from "../../errors.ts";
import type { HostOutcome, Report } from "../../report/event.ts";
import { runPlan } from "../../rollout/perform.ts";
import { plannedHosts } from "../../rollout/plan.ts";
import { prepare } from "../../rollout/prepare.ts";
import type { Release } from "../../rollout/release.ts";
import { mustBeStartable } from "../../rollout/startable.ts";
import { up } from "../../stack/up.ts";

export interface ProvisionOptions {
  /** The move's operation. */
  operation: string;
  signal: AbortSignal;
  wait: number;
  tell(text: string): void;
}

/** `pulumi up` of a host's stack, by what customers.yaml says now. */
export async function bringUp(context: Context, name: string, { signal, tell }: Pick<ProvisionOptions, "signal" | "tell">): Promise<void> {
  tell(`pulumi up -s ${name}`);
  await up(name, { directory: context.root, log: join(context.root, ".etage", `up-${name}.log`), signal, waiting: (seconds) => tell(`another run of Pulumi has the stack, for ${seconds} s so far`) });
  context.reread();
}

/** Brings a release to a host by the engine that updates hosts. Resolves with what it came to. @throws UserError with the reason. */
export async function bringRelease(context: Context, name: string, release: Release, { operation, signal, wait, tell }: ProvisionOptions): Promise<string> {
  const failures: HostOutcome[] = [];
  const report: Report = {
    text: () => {}, data: () => {},
    event(event) {
      if (event.type === "step-started") tell(`${release.version}: ${event.step}`);
      else if (event.type === "host-ended" && event.result.failure) failures.push(event.result);
      else if (event.type === "note" || event.type === "waiting") context.report.event(event);
    },
  };
  const prepared = await prepare(context, release, { at: context.now(), now: true, only: [name], onFailure: "halt" });
  mustBeStartable(prepared.plan, "move");
  if (plannedHosts(prepared.plan).length === 0) return `${release.version} is there`;
  const { ok } = await runPlan({ ...context, report, signal }, prepared, { verb: "update", ask: false, dryRun: false, wait, parent: operation }, context.journal);
  if (ok) return `${release.version} brought there`;
  const failure = failures[0]?.failure;
  throw new UserError(`${name} could not be brought to ${release.version}: ${failure ? `${failure.step}: ${failure.reason}` : "stopped"}`, { hint: failure?.hint ?? `deploy update ${name} ${release.version} shows more` });
}
