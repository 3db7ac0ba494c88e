import { applyEdit } from "../customers/apply.ts";
import type { Handler } from "./verb.ts";

export const customerRemove: Handler = (context, args) =>
  applyEdit(context, { do: "remove", slug: String(args.slug) }, { ask: args.yes !== true, dryRun: args["dry-run"] === true, confirm: args.confirm as string | undefined });
