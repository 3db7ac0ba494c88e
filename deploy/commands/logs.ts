import { UserError, exitCode } from "../errors.ts";
import type { Command } from "../host/command.ts";
import { containerLogs, keptLog } from "../host/docker.ts";
import { observe, parseObservation, servingApp } from "../host/observe.ts";
import { CommandFailed, mustRun } from "../remote/runner.ts";
import type { Handler } from "./verb.ts";

const A_YEAR = 2 ** 31 - 1; // setTimeout takes no more

export const logs: Handler = async (context, args) => {
  const { name } = context.host(String(args.host));
  const outputs = await context.outputs(name);
  const runner = await context.connect(name);
  const options = { lines: Number(args.lines), follow: args.follow === true };
  const command = await choose();
  const stop = new Promise<"stop">((resolve) => context.signal.addEventListener("abort", () => resolve("stop"), { once: true }));
  const shown = runner.run(command, {
    timeout: options.follow ? A_YEAR : 120_000,
    onOutput: (chunk) => args.json ? context.report.data({ host: name, log: chunk }) : process.stdout.write(chunk),
  });
  const result = await Promise.race([shown, stop]);
  if (result === "stop") {
    shown.catch(() => {}); // ends with the connection
    return exitCode.ok;
  }
  if (result.code !== 0) throw new CommandFailed(name, "reading the log", command, result);
  return exitCode.ok;

  async function choose(): Promise<Command> {
    if (args.service !== undefined) {
      if (outputs.services.includes(String(args.service))) return containerLogs(String(args.service), options);
      throw new UserError(`${name} has no service ${String(args.service)}`, { hint: `services are: ${outputs.services.join(", ")}`, code: exitCode.usage });
    }
    const seen = parseObservation(await mustRun(runner, "looking at the host", observe({ services: outputs.services, dataPath: outputs.dataPath, files: [] })), outputs.services);
    const wanted = args.release as string | undefined;
    const app = wanted ? seen.apps.find(({ release }) => release === wanted) : servingApp(seen);
    if (app) return containerLogs(app.name, options);
    if (wanted) return keptLog(wanted, options.lines);
    throw new UserError(`no release runs on ${name}`, { hint: `deploy update ${name}, or name a release that was removed: --release v42` });
  }
};
