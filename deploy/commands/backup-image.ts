import { buildImageCommand, makeImage, planImages, tryImageCommand, type MadeImage } from "../backup/image.ts";
import { exitCode } from "../errors.ts";
import { LocalRunner } from "../remote/local.ts";
import { render } from "../remote/shell.ts";
import type { Handler } from "./verb.ts";

export const backupImage: Handler = async (context, args) => {
  const { report, fleet, repository } = context;
  const plans = planImages(fleet.platform, repository);
  const push = args.push === true;
  if (args["dry-run"]) {
    report.text(plans.flatMap(({ tag, named }) => [buildImageCommand(tag, named), tryImageCommand(tag), ...(push ? [["docker", "push", tag]] : [])]).map(render).join("\n"));
    return exitCode.ok;
  }
  const made: MadeImage[] = [];
  for (const plan of plans) made.push(await makeImage(context, new LocalRunner(), plan, { push, verbose: args.verbose === true }));
  report.data(made);
  for (const { keys, image, base, pgbackrest } of made) report.text(`${pgbackrest} on ${base}. In hosting.yaml:\n${keys.map((key) => `  ${key}: "${image}"`).join("\n")}`);
  if (push) report.text("Next: `pulumi up -s HOST` for each host (PostgreSQL starts anew: some seconds), then deploy backup install");
  return exitCode.ok;
};
