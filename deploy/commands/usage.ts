import { exitCode, UserError } from "../errors.ts";
import { compareUsage, pressing } from "../usage/compare.ts";
import { readUsage } from "../usage/read.ts";
import { customerUsageText, usageTable } from "../usage/table.ts";
import { monthBefore, monthOf } from "../usage/usage.ts";
import type { Handler } from "./verb.ts";

/** Exit code 1 when a host could not be asked. */
export const usage: Handler = async (context, args) => {
  const { fleet, report, now } = context;
  const slug = args.customer as string | undefined;
  const place = slug === undefined ? undefined : fleet.customer(slug);
  if (slug !== undefined && !place) throw new UserError(`there is no customer ${slug} in customers.yaml`, { hint: "deploy customer list shows them", code: exitCode.usage });
  const amount = Math.max(1, Math.min(36, Math.trunc(Number(args.months))));
  const months = [monthOf(now())];
  while (months.length < amount) months.unshift(monthBefore(months[0]!));
  const { months: found, silent } = await readUsage(context, months, place ? [place.host.name] : undefined);
  const list = fleet.hosts.flatMap((host) => host.customers.filter((customer) => fleet.customer(customer.slug)?.host.name === host.name && (slug === undefined || customer.slug === slug) && !silent.has(host.name))
    .map((customer) => compareUsage(customer, host.name, months, found, now())));
  report.data({ months, usage: list.map((one) => ({ ...one, pressing: pressing(one) })), silent: Object.fromEntries(silent) });
  report.text(slug === undefined ? usageTable(list) : list.map((one) => customerUsageText(one, months)).join("\n"));
  for (const [host, fault] of silent) report.text(`✗ ${host}: ${fault}`);
  return silent.size > 0 ? exitCode.failed : exitCode.ok;
};
