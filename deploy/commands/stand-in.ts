import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCode, Interrupted, messageOf, UserError } from "../errors.ts";
import { beginStandIn, endStandIn } from "../host/stand-in.ts";
import { readable } from "../remote/shell.ts";
import { openOperation, operationId } from "../rollout/operation.ts";
import { withStandIn } from "../stand-in/meanwhile.ts";
import type { Handler } from "./verb.ts";

/** Runs the words after `--` on this machine while a second proxy serves the host. */
export const standIn: Handler = async (context, args) => {
  const host = context.host(String(args.host));
  const [program, ...rest] = ((args["--"] as (string | number)[] | undefined) ?? []).map(String);
  const wait = Number(args.wait);
  if (args.dryRun) {
    const patience = context.fleet.platform.rollout.drainSeconds;
    const commands = [...(program ? [readable(beginStandIn(patience)), `on this machine: ${[program, ...rest].join(" ")}`] : []), readable(endStandIn(patience))];
    for (const command of commands) context.report.event({ type: "command", host: host.name, step: null, command });
    return exitCode.ok;
  }
  const operation = await openOperation(context, context.journal, { id: operationId(context), verb: "stand-in", subject: host.name, wait });
  const pause = (seconds: number): Promise<void> => sleep(seconds * 1000, undefined, { signal: operation.signal }).catch(() => { throw new Interrupted(); });
  try {
    const code = await withStandIn(context, { host, operation: operation.id, wait, pause, ...(program ? { act: () => run(program, rest) } : {}) });
    await operation.end(code === 0 ? "ok" : "failed", `${program ?? "end"}: ${code}`);
    return code === 0 ? exitCode.ok : exitCode.failed;
  } catch (error) {
    await operation.end("failed", messageOf(error));
    throw error;
  }
};

/** With our terminal; a wish to stop reaches it as well, and what follows is done all the same. */
function run(program: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: "inherit" });
    child.on("error", () => reject(new UserError(`there is no ${program} on the PATH`, { code: exitCode.usage })));
    child.on("close", (code) => resolve(code ?? exitCode.failed));
  });
}
