import { OperatorError } from "../errors.ts";
import { monthOf } from "../platform/routes.ts";
import { usageOfAll } from "../usage/store.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/** Prints what each tenant used in a calendar month (UTC; the running one by default), beside its limits, as JSON. */
export async function usage(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const { values: { month } } = argumentsOf(args, "usage [--month 2026-11]", { month: { type: "string", default: new Date().toISOString().slice(0, 7) } }, (count) => count === 0);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new OperatorError(`--month: "${month}" is none. Expected one like 2026-11.`);
  return await withDoors(environment, "usage", async ({ platform }) => {
    console.log(JSON.stringify({ month, tenants: await usageOfAll(platform, ...monthOf(month)) }));
    return 0;
  });
}
