import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import { parseMoveMarks, readMoveMarks } from "../host/moves.ts";
import { mustRun } from "../remote/runner.ts";
import { describeStanding, type StandingReport, reportOf } from "../move/status.ts";
import { customerOf } from "../move/target.ts";
import type { Handler } from "./verb.ts";

export const moveStatus: Handler = async (context, args) => {
  const slug = args.customer as string | undefined;
  const slugs = slug === undefined ? await movesOnHosts(context) : [customerOf(context.fleet, slug).slug];
  if (slugs.length === 0) context.report.text("No host knows of a move.");
  const reports: StandingReport[] = [];
  for (const each of slugs) reports.push(await reportOf(context, each));
  for (const each of reports) context.report.text(describeStanding(each));
  context.report.data({ moves: reports });
  return reports.some(({ phase }) => phase === "unknown" || phase === "between") ? exitCode.failed : exitCode.ok;
};

/** By the notes that lie on hosts. */
async function movesOnHosts(context: Context): Promise<string[]> {
  const found = await Promise.all(context.fleet.hosts.map(async ({ name }) => {
    try {
      await context.outputs(name);
      return parseMoveMarks(await mustRun(await context.connect(name), "looking for moves", readMoveMarks())).map(({ slug }) => slug);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.report.event({ type: "note", host: name, message: error.message.split("\n")[0]! });
      return [];
    }
  }));
  return [...new Set(found.flat())].filter((slug) => context.fleet.customer(slug)).sort();
}
