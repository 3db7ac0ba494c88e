/** Whether a plan may be begun. Pure. */
import { exitCode, Refused, UserError } from "../errors.ts";
import type { Plan } from "./plan.ts";

/** Throws when it may not; the words for each host are in the plan. Half a fleet is no aim: one host that can't be updated is enough. */
export function mustBeStartable({ refused, forbidden, release: { version } }: Plan, verb: string): void {
  if (forbidden) throw new Refused(`nothing was changed: ${forbidden.reason}`, forbidden.hint);
  if (refused.length === 0) return;
  const hosts = refused.map(({ host }) => host);
  // A wrong setting is mended once; leaving every host out of the run would be no advice.
  if (refused.every(({ usage }) => usage)) throw new UserError("nothing was changed", { code: exitCode.usage });
  const them = hosts.length === 1 ? "it" : "them";
  throw new UserError(`nothing was changed, since ${hosts.join(", ")} can't be updated now`, {
    ...(verb === "update" || verb === "rollback" ? {} : { hint: `mend ${them}, or leave ${them} out: deploy ${verb === "plan" ? "plan" : "update-all"} ${version} --except ${hosts.join(",")}` }),
  });
}
