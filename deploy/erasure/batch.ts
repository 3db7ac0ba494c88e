/** Erases several customers in turn, or one: shows, asks, goes; then says what is left. */
import { isDue } from "../../model/retention.ts";
import { tellHost } from "../apply/run.ts";
import { confirmed, typed } from "../confirm.ts";
import type { Context } from "../context.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import type { Report } from "../report/event.ts";
import { noticesOf } from "../report/notify/notices.ts";
import { openNotifier } from "../report/notify/notifier.ts";
import { count, hostsNamed } from "../report/units.ts";
import { describeErasure, erasureLine } from "./describe.ts";
import { type ErasureFacts, gatherErasure } from "./facts.ts";
import { removeOldArchives } from "./files.ts";
import { type ErasurePlan, planErasure } from "./plan.ts";
import { runErasure } from "./run.ts";

export interface EraseOptions {
  dryRun: boolean;
  /** Go on without asking. */
  yes: boolean;
  /** Seconds to wait for locks of others. */
  wait: number;
}

interface Found { facts: ErasureFacts; plan: ErasurePlan }

/** Customers whose day has come, by the file. */
export const dueCustomers = ({ fleet, now }: Pick<Context, "fleet" | "now">): string[] =>
  [...new Set(fleet.hosts.flatMap(({ customers }) => customers.map(({ slug }) => slug)))].filter((slug) => isDue(fleet.customer(slug)!.customer, now())).sort();

/** One, named by a person, who types the slug once more or gave it. */
export async function eraseOne(context: Context, slug: string, { early, confirm, ...options }: EraseOptions & { early: boolean; confirm: string | undefined }): Promise<number> {
  const { report, signal } = context;
  const found = await look(context, slug, early);
  report.text(describeErasure(found.plan));
  report.data({ plan: found.plan });
  if (found.plan.faults.length > 0) throw new Refused(`nothing was removed: ${found.plan.faults.map(({ reason }) => reason).join("; ")}`, found.plan.faults.find(({ command }) => command)?.command ?? undefined);
  if (options.dryRun) return dry(context);
  const given = confirm ?? await typed(`Type ${slug} to erase it for good:`, `--confirm ${slug}`, signal);
  if (given !== slug) throw new Refused(`${confirm === undefined ? "what was typed" : "--confirm"} is not ${slug}; nothing was removed`);
  return (await run(context, [found], options)) ? exitCode.ok : exitCode.failed;
}

/** All whose day has come and who share a host. A server of one's own goes only when its customer is named. */
export async function eraseDue(context: Context, options: EraseOptions, gather = gatherErasure): Promise<number> {
  const { report, signal, fleet } = context;
  tidy(context);
  const due = dueCustomers(context);
  const alone = due.filter((slug) => fleet.customer(slug)!.host.kind === "dedicated" || fleet.customer(slug)!.next);
  const found: Found[] = [];
  const unseen: { customer: string; reason: string }[] = [];
  for (const slug of due.filter((one) => !alone.includes(one))) {
    try {
      found.push(await look(context, slug, false, gather));
    } catch (error) {
      // A silent host keeps nobody on another one from being erased in time.
      if (!(error instanceof UserError)) throw error;
      unseen.push({ customer: slug, reason: error.message.split("\n")[0]! });
    }
  }
  const ready = found.filter(({ plan }) => plan.faults.length === 0);
  report.data({ plans: found.map(({ plan }) => plan), unseen, byName: alone });
  report.text([
    due.length === 0 ? "Nobody's day of erasure has come." : `Erases ${count(ready.length, "customer")} for good, in turn:`, ...found.map(({ plan }) => erasureLine(plan)),
    ...unseen.map(({ customer, reason }) => `  ${customer} on ${fleet.customer(customer)!.host.name}: ✗ ${reason}`),
    ...(alone.length > 0 ? [`  left to you, since a server goes with each: ${alone.map((slug) => `deploy erase ${slug}`).join("; ")}`] : []),
  ].join("\n"));
  if (options.dryRun) return dry(context);
  if (ready.length === 0) return due.length === 0 ? exitCode.ok : exitCode.failed;
  if (!options.yes && !await confirmed("Go on?", signal)) throw new Refused("declined; nothing was removed");
  return await run(context, ready, options) && ready.length === due.length ? exitCode.ok : exitCode.failed;
}

const dry = ({ report }: Context): number => {
  report.text("Nothing was removed: this was a dry run.");
  return exitCode.ok;
};

async function look(context: Context, slug: string, early: boolean, gather = gatherErasure): Promise<Found> {
  const facts = await gather(context, slug);
  return { facts, plan: planErasure(context.fleet.platform, facts, { early, now: context.now() }) };
}

async function run(context: Context, list: readonly Found[], options: EraseOptions): Promise<boolean> {
  const { fleet: { platform }, environment: { operator: by, machine }, now } = context;
  const notices = noticesOf(context.report, openNotifier(platform.notify, process.env), { platform: platform.name, by, machine }, now);
  try {
    return await eraseAll(context, list, options, notices.report);
  } finally {
    await notices.close();
  }
}

/** One after the other. A failure leaves the others of its host to the next time. */
async function eraseAll(context: Context, list: readonly Found[], { wait }: EraseOptions, report: Report): Promise<boolean> {
  const done: string[] = [];
  const failed = new Set<string>();
  for (const { facts, plan } of list) {
    if (context.signal.aborted) break;
    if (failed.has(plan.host)) continue;
    if ((await runErasure(context, facts, plan, { wait, report })).ok) done.push(plan.customer);
    else failed.add(plan.host);
  }
  const left = list.map(({ plan }) => plan.customer).filter((slug) => !done.includes(slug));
  if (left.length > 0) context.report.text(`Left to do: ${hostsNamed(left)}. Next: \`deploy erase\` goes on.`);
  // Their apps still hold the last list of customers that they were told.
  for (const host of new Set(list.filter(({ facts, plan }) => done.includes(plan.customer) && facts.now && !plan.stack).map(({ plan }) => plan.host))) {
    if (context.signal.aborted) break;
    await tellHost(context, host, wait, { mustHear: true }).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      context.report.text(`${host} still has to be told: ${error.message.split("\n")[0]}. Next: deploy apply`);
    });
  }
  return left.length === 0;
}

function tidy({ root, fleet: { platform }, now, report }: Context): void {
  for (const name of removeOldArchives(root, platform.retention, now())) report.event({ type: "note", host: null, message: `${name} was kept for long enough, and is removed` });
}
