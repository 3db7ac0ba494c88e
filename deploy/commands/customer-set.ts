import { applyEdit } from "../customers/apply.ts";
import { changesFrom } from "../customers/arguments.ts";
import { exitCode, UserError } from "../errors.ts";
import { editOptions, following } from "./customer-edit.ts";
import type { Handler } from "./verb.ts";

export const customerSet: Handler = async (context, args) => {
  const changes = changesFrom(args);
  if (Object.keys(changes).length === 0) throw new UserError("nothing to set was named", { hint: "deploy customer set --help", code: exitCode.usage });
  return applyEdit(context, { do: "set", slug: String(args.slug), changes }, editOptions(args), following(context, args));
};
