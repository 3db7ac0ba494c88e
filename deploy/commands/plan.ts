import { writeFile } from "node:fs/promises";
import type { Context } from "../context.ts";
import { exitCode, messageOf, UserError } from "../errors.ts";
import { resolveRelease } from "../release/resolve.ts";
import { describePlan } from "../rollout/describe.ts";
import { plannedHosts } from "../rollout/plan.ts";
import { savePlan } from "../rollout/plan-file.ts";
import { prepare } from "../rollout/prepare.ts";
import { mustBeStartable } from "../rollout/startable.ts";
import { askedFor } from "./asked.ts";
import type { Handler } from "./verb.ts";

export const plan: Handler = async (context, args) => {
  const asked = askedFor(context, args);
  const { plan } = await prepare(context, resolveRelease(context, args.release as string | undefined), { at: context.now(), proved: true, ...asked });
  const out = args.out as string | undefined;
  context.report.text(describePlan(plan));
  context.report.data({ plan });
  mustBeStartable(plan, "plan");
  if (out) await save(out, savePlan(plan, madeBy(context), asked));
  const next = out ? `Saved to ${out}. Next: deploy update-all --plan ${out}` : plannedHosts(plan).length > 0 ? `Nothing was changed. Next: deploy update-all ${plan.release.version}` : undefined;
  if (next) context.report.text(next);
  return exitCode.ok;
};

const madeBy = ({ now, environment: { operator, machine } }: Context) => ({ at: now().toISOString(), by: operator, machine });

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UserError(`the plan can't be written to ${file}: ${messageOf(error)}`, { code: exitCode.usage });
  }
}
