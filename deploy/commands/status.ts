import { exitCode } from "../errors.ts";
import { gatherStatus } from "../status/gather.ts";
import { statusTable } from "../status/table.ts";
import type { Handler } from "./verb.ts";

/** 0 whatever it found: the question was answered. */
export const status: Handler = async (context) => {
  const hosts = await gatherStatus(context);
  context.report.data({ hosts });
  context.report.text(statusTable(context.fleet, hosts, context.now()));
  return exitCode.ok;
};
