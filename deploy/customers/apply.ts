/** An edit from start to end: plan, show, ask, write, say what follows. */
import { join } from "node:path";
import { formatFaults, ModelError, readSource } from "../../model/read.ts";
import { confirmed, typed } from "../confirm.ts";
import type { Context } from "../context.ts";
import { exitCode, messageOf, Refused, UserError } from "../errors.ts";
import type { Report } from "../report/event.ts";
import type { Edit } from "./edit.ts";
import { type EditPlan, planEdit } from "./plan.ts";
import { exclusively, replaceFile } from "./write.ts";

export interface ApplyOptions {
  /** Ask yes or no first. */
  ask: boolean;
  dryRun: boolean;
  /** What follows is done at once: only what is left of it is said. */
  apply?: boolean;
  /** A customer who is to leave: the slug as `--confirm` has it; undefined: not given, it has to be typed. */
  confirm?: string | undefined;
}

/** Resolves with the exit code. `after`: what follows once the file is written. @throws ModelError with all faults that the files would have; nothing is written then. */
export async function applyEdit(context: Context, edit: Edit, options: ApplyOptions, after?: (written: EditPlan) => Promise<number>): Promise<number> {
  const { root, report, signal } = context;
  const plan = planEdit(readSource(root, "hosting.yaml"), readSource(root, "customers.yaml"), edit);
  if (plan.before === plan.after) {
    report.text(`${edit.slug} is like that already; nothing was changed.`);
    report.data(told(plan, false));
    return exitCode.ok;
  }
  report.text(plan.diff);
  mustBeSound(plan, report);
  mustFit(plan);
  if (plan.warnings.length > 0) report.text(formatFaults(plan.warnings));
  for (const notice of plan.notices) report.text(notice);
  if (options.dryRun) {
    report.text("Nothing was changed: this was a dry run.");
    report.data(told(plan, false));
    return exitCode.ok;
  }
  if (options.ask && !await confirmed("Write this to customers.yaml?", signal)) throw new Refused("declined; nothing was changed");
  if (isGoodbye(edit)) await mustBeMeant(edit.slug, options.confirm, signal);
  const written = await exclusively(join(root, ".etage", "customers.lock"), signal, () => write(context, plan));
  const next = written.next.filter((command) => !(options.apply && written.tell.some((host) => command === `deploy update ${host}`)));
  report.text(`customers.yaml is written.${next.length > 0 ? ` Next: ${next.join("; then ")}` : ""}`);
  report.data(told(written, true));
  return await after?.(written) ?? exitCode.ok;
}

/** What stands in the file by now is edited, so that nobody's change of the meantime is lost. */
function write({ root, report }: Context, shown: EditPlan): EditPlan {
  const customers = readSource(root, "customers.yaml");
  const plan = customers.text === shown.before ? shown : planEdit(readSource(root, "hosting.yaml"), customers, shown.edit);
  mustBeSound(plan, report);
  mustFit(plan);
  try {
    replaceFile(join(root, "customers.yaml"), plan.after);
  } catch (error) {
    throw new UserError(`customers.yaml can't be written: ${messageOf(error)}; it is as it was`, { cause: error });
  }
  return plan;
}

/** @throws Refused with the figures. Whoever moves a customer does not come by here: that makes room. */
function mustFit({ overfull }: EditPlan): void {
  if (overfull) throw new Refused(overfull.message, overfull.hint);
}

/** The faults' lines are those of the file as it would be: as in the diff above them. */
function mustBeSound({ faults }: EditPlan, report: Report): void {
  if (faults.length === 0) return;
  report.text("Nothing was written: the files would not be sound.");
  throw new ModelError(faults);
}

const isGoodbye = (edit: Edit): boolean => edit.do === "remove" || edit.changes.texts?.status === "leaving";

async function mustBeMeant(slug: string, confirm: string | undefined, signal: AbortSignal): Promise<void> {
  const given = confirm ?? await typed(`Type ${slug} to let it go:`, `--confirm ${slug}`, signal);
  if (given !== slug) throw new Refused(`${confirm === undefined ? "what was typed" : "--confirm"} is not ${slug}; nothing was changed`);
}

const told = ({ edit, diff, warnings, notices, next }: EditPlan, written: boolean): unknown => ({ customer: edit.slug, did: edit.do, written, diff, warnings, notices, next });
