import { applyEdit } from "../customers/apply.ts";
import type { Handler } from "./verb.ts";

const withStatus = (status: "suspended" | null): Handler => (context, args) =>
  applyEdit(context, { do: "set", slug: String(args.slug), changes: { texts: { status } } }, { ask: args.yes !== true, dryRun: args["dry-run"] === true });

export const customerSuspend = withStatus("suspended");
/** Active is the default: the key goes, and the file is what it was before. */
export const customerResume = withStatus(null);
