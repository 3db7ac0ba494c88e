/** Sends steady traffic to every customer of a clone while a test does something, and returns what the customers saw. */
import { spawn } from "node:child_process";
import type { Summary } from "../../bench/load.ts";
import type { Clone } from "./clone.ts";

export async function underLoad(clone: Clone, action: () => Promise<void>): Promise<Summary> {
  const load = spawn("node", ["bench/load.ts", "--rate", "5"], { cwd: clone.directory, env: { ...process.env, ...clone.environment } });
  let printed = "";
  let complaints = "";
  load.stdout.on("data", (chunk) => { printed += chunk; });
  load.stderr.on("data", (chunk) => { complaints += chunk; });
  const ended = new Promise((resolve) => load.on("close", resolve));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  try {
    await action();
  } finally {
    load.kill("SIGTERM");
    await ended;
  }
  if (printed === "") throw new Error(`the load printed no summary: ${complaints}`);
  return JSON.parse(printed);
}
