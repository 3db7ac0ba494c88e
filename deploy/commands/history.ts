import { exitCode, UserError } from "../errors.ts";
import { detailOf } from "../history/result.ts";
import { historyText } from "../history/words.ts";
import type { Handler } from "./verb.ts";

export const history: Handler = async ({ journal, report, now }, args) => {
  const limit = Number(args.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UserError("--limit takes a whole number from 1", { code: exitCode.usage });
  const [operations, running, locks, clock] = await Promise.all([
    journal.operations(limit, undefined, args.host as string | undefined), journal.running(), journal.locks(), journal.clock(now().toISOString()),
  ]);
  for (const operation of operations) report.data({ ...operation, detail: detailOf(operation) });
  report.text(historyText(operations, running, locks, clock));
  return exitCode.ok;
};
