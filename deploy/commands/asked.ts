/** What `plan` and `update-all` can be asked for besides the release. */
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import type { Asked } from "../rollout/plan-file.ts";
import { mostFailures, type OnFailure } from "../rollout/policy.ts";
import type { Arguments } from "./verb.ts";

/** Throws UserError (usage) for a host that there is not, and for a policy that hosting.yaml gives no budget for. */
export function askedFor(context: Context, args: Arguments): Asked {
  const [except, only] = ["except", "only"].map((name) => hostsOf(context, args[name] as string[] | undefined));
  const reason = reasonOf(args);
  const onFailure = args["on-failure"] as OnFailure | undefined;
  const { maxFailures } = context.fleet.platform.rollout;
  if (onFailure === "continue" && mostFailures(maxFailures, Number.MAX_SAFE_INTEGER) === 0) {
    throw new UserError("`continue` needs a number of failures that it puts up with, and rollout.maxFailures is 0", { hint: "set it in hosting.yaml, for example to 2 or 5%", code: exitCode.usage });
  }
  return { ...(except ? { except } : {}), ...(only ? { only } : {}), ...(args.now === true ? { now: true } : {}), ...(onFailure ? { onFailure } : {}), ...(reason === undefined ? {} : { withoutProof: reason }) };
}

/** `--only a,b --only c` */
function hostsOf(context: Context, written: readonly string[] | undefined): string[] | undefined {
  // An unknown one is a typing mistake.
  return written?.flatMap((names) => names.split(",")).map((name) => context.host(name.trim()).name);
}

/** Throws UserError (usage) when somebody goes on without a proof and without saying why. */
export function reasonOf(args: Arguments): string | undefined {
  const reason = args["without-proof"] as string | undefined;
  if (reason === undefined || reason.trim() !== "") return reason?.trim();
  throw new UserError("--without-proof wants a reason", { hint: `--without-proof "the store is being moved"`, code: exitCode.usage });
}
