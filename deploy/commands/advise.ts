import { adviceFor } from "../advise/advice.ts";
import { adviceText } from "../advise/text.ts";
import { type Use, useOf } from "../advise/use.ts";
import { cents } from "../cost/money.ts";
import { exitCode } from "../errors.ts";
import { pricesWords, readPrices } from "../prices/read.ts";
import { readUsage } from "../usage/read.ts";
import { daysOf, monthBefore, monthOf } from "../usage/usage.ts";
import type { Handler } from "./verb.ts";

/** Exit code 1 when a host could not be asked: then somebody may be missing. */
export const advise: Handler = async (context, args) => {
  const { fleet, report } = context;
  const now = context.now();
  const months = [monthOf(now), monthBefore(monthOf(now))];
  const [{ months: found, silent }, { prices, why }] = await Promise.all([readUsage(context, months), readPrices(context, { ask: args.offline !== true })]);
  const slugs = new Set([...found.values()].flatMap((tenants) => [...tenants.keys()]));
  const uses = new Map<string, Use>([...slugs].map((slug) => [slug, useOf(months.map((month) => ({ days: daysOf(month, now), usage: found.get(month)!.get(slug) })))]));
  const advices = adviceFor(fleet, uses, prices);
  const amounts = ({ before, after }: { before: number | null; after: number | null }): object => ({ before: before === null ? null : cents(before), after: after === null ? null : cents(after) });
  report.data({
    months, advise: fleet.platform.advise, currency: prices.currency, prices: { source: prices.source, asOf: prices.asOf, why },
    advice: advices.map((advice) => ({ ...advice, cost: amounts(advice.cost), pays: amounts(advice.pays), margin: amounts(advice.margin), use: uses.get(advice.customer) })),
    silent: Object.fromEntries(silent),
  });
  report.text(adviceText(advices, { customers: uses.size, silent }, prices.currency, pricesWords(prices, why)));
  return silent.size > 0 ? exitCode.failed : exitCode.ok;
};
