import { exitCode, UserError } from "../errors.ts";
import { detailOf } from "../history/result.ts";
import { timeline } from "../history/timeline.ts";
import { operationText } from "../history/words.ts";
import type { Handler } from "./verb.ts";

export const historyShow: Handler = async ({ journal, report, now }, args) => {
  const named = String(args.operation);
  const id = named === "last" ? (await journal.operations(1))[0]?.id : named;
  const operation = id === undefined ? undefined : await journal.operation(id);
  if (!operation) {
    throw new UserError(named === "last" ? "the journal has no operation yet" : `the journal has no operation ${named}`, { hint: "deploy history lists them; ETAGE_STATE says where the journal is", code: exitCode.usage });
  }
  const [parent, followers, steps, clock] = await Promise.all([
    operation.parent ? journal.operation(operation.parent) : undefined, journal.followers(operation.id), journal.steps(operation.id), journal.clock(now().toISOString()),
  ]);
  const hosts = timeline(operation, steps.filter(({ host }) => args.host === undefined || host === args.host));
  report.data({ operation: { ...operation, detail: detailOf(operation), plan: operation.plan && JSON.parse(operation.plan) }, followers: followers.map(({ id }) => id), hosts });
  report.text(operationText({ operation, parent, followers, hosts }, clock));
  return exitCode.ok;
};
