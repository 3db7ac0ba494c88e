import { formatFaults, ModelError, readModel } from "../../model/read.ts";
import { exitCode } from "../errors.ts";
import { count } from "../report/units.ts";
import type { Handler } from "./verb.ts";

export const check: Handler = async ({ root, report }) => {
  try {
    const { fleet, warnings } = readModel(root);
    const customers = new Set(fleet.hosts.flatMap((host) => host.customers.map(({ slug }) => slug)));
    report.data({ ok: true, faults: [], warnings, hosts: fleet.hosts.map(({ name }) => name), customers: [...customers] });
    if (warnings.length > 0) report.text(formatFaults(warnings));
    report.text(`The files are sound: ${count(customers.size, "customer")} on ${count(fleet.hosts.length, "host")} (${fleet.hosts.map(({ name }) => name).join(", ")}).`);
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    report.data({ ok: false, faults: error.faults, warnings: [] });
    report.text(formatFaults(error.faults));
    return exitCode.usage;
  }
};
