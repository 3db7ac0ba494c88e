import { OperatorError } from "../errors.ts";
import { monthOf } from "../platform/routes.ts";
import { usageOfAll } from "../usage/store.ts";
import { sweepAll } from "../usage/sweep.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/** Prints what each tenant used in calendar months (UTC; the running one by default), beside its limits, as JSON: a line for each month. */
export async function usage(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const now = new Date().toISOString().slice(0, 7);
  const { values: { month: months } } = argumentsOf(args, "usage [--month 2026-11]…", { month: { type: "string", multiple: true, default: [now] } }, (count) => count === 0);
  const wrong = months.find((month) => !/^\d{4}-(0[1-9]|1[0-2])$/.test(month));
  if (wrong !== undefined) throw new OperatorError(`--month: "${wrong}" is none. Expected one like 2026-11.`);
  return await withDoors(environment, "usage", async (doors) => {
    // Whoever came within this hour, and everybody where no worker runs, was not looked at yet.
    if (months.includes(now)) await sweepAll(doors);
    for (const month of months) console.log(JSON.stringify({ month, tenants: await usageOfAll(doors.platform, ...monthOf(month)) }));
    return 0;
  });
}
