import { applyEdit } from "../customers/apply.ts";
import { leaveChanges } from "../customers/arguments.ts";
import { editOptions, following } from "./customer-edit.ts";
import type { Handler } from "./verb.ts";

const leave = (status: "suspended" | "leaving"): Handler => (context, args) => {
  const slug = String(args.slug);
  const { platform: { retention }, customer } = context.fleet;
  const changes = leaveChanges(status, customer(slug)?.customer, retention, args, context.now());
  return applyEdit(context, { do: "set", slug, changes }, editOptions(args), following(context, args));
};

export const customerSuspend = leave("suspended");
export const customerRemove = leave("leaving");
/** Active is the default: the keys go, and the file is what it was before. */
export const customerResume: Handler = (context, args) =>
  applyEdit(context, { do: "set", slug: String(args.slug), changes: { texts: { status: null, eraseOn: null } } }, editOptions(args), following(context, args));
