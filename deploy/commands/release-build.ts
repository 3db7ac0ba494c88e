import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { exitCode, UserError } from "../errors.ts";
import { repositoryName } from "../registry/reference.ts";
import { buildCommand, buildRelease, labelCommand, migrationsCommand } from "../release/build.ts";
import { LocalRunner } from "../remote/local.ts";
import { render } from "../remote/shell.ts";
import { count } from "../report/units.ts";
import { checkVersion } from "../rollout/release.ts";
import type { Handler } from "./verb.ts";

export const releaseBuild: Handler = async (context, args) => {
  const { root, report, repository } = context;
  const folder = args.context ? resolve(String(args.context)) : join(root, "app");
  if (!existsSync(join(folder, "Dockerfile"))) throw new UserError(`there is no Dockerfile in ${folder}`, { hint: "--context names the folder of the app", code: exitCode.usage });
  const options = { version: checkVersion(String(args.release)), folder, push: args.push === true, force: args.force === true, verbose: args.verbose === true };
  if (args["dry-run"]) {
    const tag = `${repositoryName(repository)}:${options.version}`;
    const label = { pipe: [["printf", "FROM %s\\n", tag], labelCommand(tag, "what it printed")] };
    report.text([buildCommand(tag, options, null, context.now()), migrationsCommand(tag), label, ...(options.push ? [["docker", "push", tag]] : [])].map(render).join("\n"));
    return exitCode.ok;
  }
  const entry = await buildRelease(context, new LocalRunner(), options);
  report.data(entry);
  const source = entry.commit ? `${entry.commit.slice(0, 12)}${entry.dirty ? " with changes that are not committed" : ""}` : "no commit";
  report.text(`${entry.image}:${entry.version}  ${entry.digest || "not pushed"}\n  from ${source}, ${count(entry.migrations.length, "migration")} in all`);
  if (entry.digest) report.text(`Next: deploy update-all ${entry.version}`);
  return exitCode.ok;
};
