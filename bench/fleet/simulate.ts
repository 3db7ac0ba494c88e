/** Starts the process that is the hosts, and asks it what it was asked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Project } from "./project.ts";
import type { Asked } from "./serve.ts";

export interface Simulated {
  /** Since the last call. */
  asked(): Promise<Asked>;
  stop(): Promise<void>;
}

export async function simulate(project: Project): Promise<Simulated> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(project.directory, "bench/fleet/serve.ts"), project.hosts], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the simulated hosts ended");
    return value as string;
  };
  await line(); // `ready`
  return {
    async asked() {
      child.stdin.write("\n");
      return JSON.parse(await line()) as Asked;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
