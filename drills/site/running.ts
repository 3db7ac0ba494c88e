/** A `deploy` at work whose events are heard as they are printed. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Event } from "../../deploy/report/event.ts";
import type { Result } from "./command.ts";
import type { Site } from "./site.ts";

export interface Running {
  /** To the program and what it started, as a terminal does. */
  signal(name: NodeJS.Signals): void;
  /** What it printed; the code is 137 when it was killed. */
  ended: Promise<Result & { events: Event[] }>;
}

/** `deploy ARGS --json`. `hear` gets each event the moment its line is there. */
export function startDeploy(site: Site, args: readonly string[], hear: (event: Event) => void = () => {}): Running {
  const child = spawn("bin/deploy", [...args, "--json"], { cwd: site.directory, env: { ...process.env, ...site.environment }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const events: Event[] = [];
  let stdout = "";
  let stderr = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout += `${line}\n`;
    const value = line.startsWith("{") ? JSON.parse(line) as Partial<Event> : {};
    if (!value.type) return;
    events.push(value as Event);
    hear(value as Event);
  });
  child.stderr.on("data", (chunk) => { stderr += chunk; });
  const ended = new Promise<Result & { events: Event[] }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 137, stdout, stderr, events }));
  });
  return {
    signal(name) {
      try {
        process.kill(-child.pid!, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has just ended
      }
    },
    ended,
  };
}
