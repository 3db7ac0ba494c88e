import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { costChart } from "../cost/chart.ts";
import { cents } from "../cost/money.ts";
import { costReport } from "../cost/report.ts";
import { type By, costText } from "../cost/table.ts";
import { exitCode, messageOf, UserError } from "../errors.ts";
import { pricesWords, readPrices } from "../prices/read.ts";
import type { Handler } from "./verb.ts";

export const cost: Handler = async (context, args) => {
  const { fleet, report } = context;
  const { prices, why } = await readPrices(context, { ask: args.offline !== true });
  const found = costReport(fleet, prices);
  const note = pricesWords(prices, why);
  const file = args.svg as string | undefined;
  if (file !== undefined) write(resolve(file), costChart(found, { title: `${fleet.platform.name}: cost of a month, ${context.now().toISOString().slice(0, 7)}`, note }));
  report.data({ month: context.now().toISOString().slice(0, 7), prices: { source: prices.source, asOf: prices.asOf, why }, ...inCents(found) as object });
  const foreign = fleet.platform.currency === prices.currency ? "" : `; customers pay in ${fleet.platform.currency}, so there is no margin`;
  report.text(costText(found, (args.by as By[] | undefined) ?? ["tier", "host"], `${note}${foreign}`));
  if (file !== undefined) report.text(`Chart: ${file}`);
  return exitCode.ok;
};

/** All amounts to the cent. */
const inCents = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, inner: unknown) => typeof inner === "number" ? cents(inner) : inner));

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError(`the chart can't be written: ${messageOf(error)}`, { cause: error, code: exitCode.usage });
  }
}
