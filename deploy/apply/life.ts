/** Customers who came or go: first credentials, data whose day has come. Pure. */
import { isDue } from "../../model/retention.ts";
import type { CustomerPlace, Fleet } from "../../model/fleet.ts";
import type { Found } from "./finding.ts";
import { untouched } from "./leave.ts";
import type { ApplyPlan } from "./plan.ts";

/** Who gets credentials once all hosts are told: those who were noted before, and those whom an app hears of for the first time. */
export function judgeLife(plan: ApplyPlan, fleet: Fleet, { pending = new Set(), today }: Pick<Found, "pending" | "today">, except: ReadonlySet<string>): void {
  const alone = untouched(plan);
  const isLeft = (...names: string[]): boolean => names.some((name) => alone.has(name) || except.has(name));
  for (const slug of [...new Set([...pending, ...plan.refreshes.flatMap(({ adds }) => adds)])].sort()) {
    const { customer, host }: Partial<CustomerPlace> = fleet.customer(slug) ?? {};
    if (customer?.status !== "active" || isLeft(slug, host!.name)) continue;
    if (customer.email) plan.credentials.push(slug);
    else plan.notices.push({ about: slug, reason: "it has no `email`, which its admin would be called by", commands: [`deploy customer set ${slug} --email ADDRESS`, `deploy customer credentials ${slug}`] });
  }
  for (const { slug } of fleet.hosts.flatMap(({ customers }) => customers)) {
    const customer = fleet.customer(slug)!.customer;
    if (today === undefined || isLeft(slug) || !isDue(customer, today) || plan.erasures.includes(slug)) continue;
    plan.erasures.push(slug);
  }
}
