import { customersTable } from "../customers/tables.ts";
import { allViews } from "../customers/view.ts";
import { exitCode } from "../errors.ts";
import type { Handler } from "./verb.ts";

export const customerList: Handler = async ({ fleet, report }) => {
  const customers = allViews(fleet);
  report.data({ customers });
  report.text(customersTable(customers));
  return exitCode.ok;
};
