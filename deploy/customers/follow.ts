/** What follows an edit of customers.yaml at once: hosts are told, a new customer's admin gets credentials. All else is `apply`'s. */
import { tellHost } from "../apply/run.ts";
import type { Context } from "../context.ts";
import { expectCredentials, pendingCredentials } from "../credentials/pending.ts";
import { configuredChannel, giveCredentials } from "../credentials/run.ts";
import { exitCode } from "../errors.ts";
import type { EditPlan } from "./plan.ts";

export interface FollowOptions { apply: boolean; wait: number; /** A person sees what is printed. */ terminal: boolean }

/** Resolves with the exit code. */
export async function follow(context: Context, { edit, tell }: EditPlan, { apply, wait, terminal }: FollowOptions): Promise<number> {
  const { slug } = edit;
  // Before any host hears of it, by whichever way that comes.
  if (edit.do === "add") await expectCredentials(context, [slug]);
  if (!apply) return exitCode.ok;
  context.reread();
  for (const host of tell) if (!await tellHost(context, host, wait, { mustHear: true })) return exitCode.failed;
  const place = context.fleet.customer(slug);
  if (!place?.customer.email || place.customer.status !== "active" || !tell.includes(place.host.name) || !(await pendingCredentials(context.journal)).has(slug)) return exitCode.ok;
  const channel = configuredChannel(context, terminal);
  if (channel.fault) {
    context.report.text(`No credentials yet: ${channel.fault}. Next: deploy customer credentials ${slug}`);
    return exitCode.ok;
  }
  return (await giveCredentials(context, [slug], { channel, wait })).every(({ ok }) => ok) ? exitCode.ok : exitCode.failed;
}
