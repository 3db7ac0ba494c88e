import { readFile } from "node:fs/promises";
import type { Context } from "../context.ts";
import { exitCode, messageOf, Refused, UserError } from "../errors.ts";
import { resolveRelease } from "../release/resolve.ts";
import { differences } from "../rollout/differences.ts";
import { perform } from "../rollout/perform.ts";
import { readPlan } from "../rollout/plan-file.ts";
import { type Prepared, prepare } from "../rollout/prepare.ts";
import { askedFor } from "./asked.ts";
import type { Arguments, Handler } from "./verb.ts";

export const updateAll: Handler = async (context, args) => {
  const prepared = args.plan === undefined ? await planned(context, args) : await saved(context, args, String(args.plan));
  return perform(context, prepared, { verb: "update-all", ask: args.yes !== true, dryRun: args["dry-run"] === true, wait: Number(args.wait), fleetWide: true });
};

async function planned(context: Context, args: Arguments): Promise<Prepared> {
  const asked = askedFor(context, args);
  return prepare(context, resolveRelease(context, args.release as string | undefined), { at: context.now(), proved: true, ...asked });
}

/** Plans again with what was asked for then: a plan that comes out the same is run, any other is refused. */
async function saved(context: Context, args: Arguments, file: string): Promise<Prepared> {
  const besides = ["release", "except", "only", "now", "on-failure", "without-proof"].find((name) => args[name] !== undefined && args[name] !== false);
  if (besides) throw new UserError(`a saved plan says all; ${besides === "release" ? "a release" : `--${besides}`} can't go with --plan`, { hint: "deploy plan --out makes another", code: exitCode.usage });
  const { plan, asked, made } = readPlan(await read(file), file);
  const prepared = await prepare(context, resolveRelease(context, plan.release.version), { at: context.now(), proved: true, ...asked });
  const changes = differences(plan, prepared.plan);
  if (changes.length > 0) {
    throw new Refused(`nothing was changed, since the fleet is not what ${file} was made for:\n${changes.map((change) => `  ${change}`).join("\n")}`, `deploy plan ${plan.release.version} --out ${file} plans anew`);
  }
  context.report.text(`The plan that ${made.by} made on ${made.machine} at ${made.at}; nothing has changed since.`);
  return prepared;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`the plan can't be read: ${messageOf(error)}`, { hint: "deploy plan --out FILE makes one", code: exitCode.usage });
  }
}
