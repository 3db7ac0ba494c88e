/** Tells what is going to be erased, some days ahead, once each: operators through `notify`, and the customer when hosting.yaml says so. */
import { daysUntil, warningDue } from "../../model/retention.ts";
import type { Customer } from "../../model/schema.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import { sendLetter } from "../report/notify/mail.ts";
import { openNotifier } from "../report/notify/notifier.ts";
import { mailSettings } from "../report/notify/settings.ts";
import { count } from "../report/units.ts";
import { operationId } from "../rollout/operation.ts";

const VERB = "retention warning";

export interface Warning { customer: Customer; eraseOn: string; /** It was meant for so many days before. */ meantFor: number; daysLeft: number }

/** What tells one warning from all others about a customer: another day of erasure is warned of anew. */
export const warningKey = ({ eraseOn, meantFor }: Pick<Warning, "eraseOn" | "meantFor">): string => `${eraseOn}, ${meantFor} days before`;

/** Pure. `told`: the newest warning's key by slug. */
export function warningsDue(customers: readonly Customer[], warnDays: readonly number[], told: ReadonlyMap<string, string>, now: Date): Warning[] {
  return customers.flatMap((customer) => {
    const meantFor = warningDue(customer, warnDays, now);
    if (meantFor === undefined) return [];
    const warning = { customer, eraseOn: customer.eraseOn!, meantFor, daysLeft: daysUntil(customer.eraseOn!, now) };
    return told.get(customer.slug) === warningKey(warning) ? [] : [warning];
  });
}

const toldBefore = async (journal: Pick<Journal, "newestOfEach">): Promise<Map<string, string>> =>
  new Map((await journal.newestOfEach(VERB)).filter(({ outcome }) => outcome === "ok").map(({ subject, detail }) => [subject, detail ?? ""]));

/** A channel that is away fails nothing: the same warning is due again at the next run. */
export async function warnAhead(context: Context): Promise<void> {
  const { fleet, journal, environment: { operator: by, machine }, now, report, signal } = context;
  const { platform } = fleet;
  const customers = [...new Set(fleet.hosts.flatMap((host) => host.customers.map(({ slug }) => slug)))].map((slug) => fleet.customer(slug)!.customer);
  const due = warningsDue(customers, platform.retention.warnDays, await toldBefore(journal), now());
  if (due.length === 0) return;
  const letters = platform.retention.warnCustomer ? mailSettings(platform.notify, process.env) : undefined;
  for (const warning of due) {
    const { customer: { slug, email, name }, eraseOn, daysLeft } = warning;
    const id = operationId(context);
    await journal.begin({ id, verb: VERB, subject: slug, by, machine, startedAt: now().toISOString() });
    const notifier = openNotifier(platform.notify, process.env, now);
    notifier.tell("erasure-ahead", { platform: platform.name, operation: id, verb: VERB, release: "", by, machine, customer: slug, eraseOn, daysLeft });
    const faults = await notifier.settle();
    if (letters && email) {
      await sendLetter(letters, { to: email, ...warningLetter({ name, domain: `${slug}.${platform.domain}`, eraseOn, daysLeft, platform: platform.name }) }, signal)
        .catch((error: unknown) => void faults.push(`${slug}'s address was not told: ${messageOf(error).replaceAll(letters.server, "‹secret›")}`));
    }
    await journal.end(id, now().toISOString(), faults.length === 0 ? "ok" : "failed", faults.length === 0 ? warningKey(warning) : faults.join("; "));
    report.text(`${slug}: its data is erased on ${eraseOn}, in ${count(daysLeft, "day")}${faults.length > 0 ? `; not everybody was told: ${faults.join("; ")}` : ""}`);
  }
}

/** To the customer. Pure. */
export const warningLetter = ({ name, domain, eraseOn, daysLeft, platform }: { name: string; domain: string; eraseOn: string; daysLeft: number; platform: string }): { subject: string; text: string } => ({
  subject: `The data of ${domain} is erased on ${eraseOn}`,
  text: [`${name}:`, "", `https://${domain}/ is closed. Its data is kept until ${eraseOn} (${count(daysLeft, "day")} from now) and then erased for good.`, "", "Write to us before that day if you want it back, or a copy of it.", "", platform, ""].join("\n"),
});
