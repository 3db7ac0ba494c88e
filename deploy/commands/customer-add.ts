import { applyEdit } from "../customers/apply.ts";
import { changesFrom } from "../customers/arguments.ts";
import { editOptions, following } from "./customer-edit.ts";
import type { Handler } from "./verb.ts";

export const customerAdd: Handler = (context, args) =>
  applyEdit(context, { do: "add", slug: String(args.slug), changes: changesFrom(args) }, editOptions(args), following(context, args));
