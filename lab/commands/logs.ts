/** bin/lab logs */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { LabError } from "./errors.ts";
import { logPath, logTail } from "./process.ts";

/** Prints the end of the log; with `follow` what comes, until interrupted. Gives the exit code. */
export async function logs(directory: string, lines: number, follow: boolean): Promise<number> {
  const path = logPath(directory);
  if (!existsSync(path)) throw new LabError(`There is no log at ${path}: the lab was never up.`);
  if (!follow) {
    console.log(logTail(directory, lines));
    return 0;
  }
  const tail = spawn("tail", ["-n", String(lines), "-F", path], { stdio: "inherit" });
  return await new Promise((done) => tail.once("exit", (code) => done(code ?? 0)));
}
