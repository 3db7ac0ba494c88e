import { nearest } from "../../model/nearest.ts";
import { customerText } from "../customers/tables.ts";
import { allViews, viewOf } from "../customers/view.ts";
import { exitCode, UserError } from "../errors.ts";
import type { Handler } from "./verb.ts";

export const customerShow: Handler = async ({ fleet, report }, args) => {
  const slug = String(args.slug);
  const place = fleet.customer(slug);
  if (!place) {
    const near = nearest(slug, allViews(fleet).map((view) => view.slug));
    throw new UserError(`there is no customer ${slug} in customers.yaml`, { hint: near ? `did you mean ${near}?` : "deploy customer list shows them", code: exitCode.usage });
  }
  const customer = viewOf(fleet, place);
  report.data({ customer });
  report.text(customerText(customer));
  return exitCode.ok;
};
