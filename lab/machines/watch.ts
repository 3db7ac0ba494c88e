/** Notices machines that start or end by themselves: `reboot` and `poweroff` inside, a crash, a restarted Docker engine. */
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Lab } from "../context.ts";
import { labLabels } from "./names.ts";

export interface Watchers {
  /** The container runs (again). */
  started(id: number): void;
  /** The container ended, with this exit code. */
  ended(id: number, exitCode: number): void;
  /** Events may have been missed (the Docker engine was away). */
  lost(): void;
}

/** PID 1 of a container that called reboot(2) ends by SIGHUP, by SIGINT for power off; see reboot(2), PID namespaces. */
export const rebooted = 128 + 1;

/** Follows Docker's events until the returned function is called. */
export function watchMachines(lab: Lab, watchers: Watchers): () => Promise<void> {
  const stop = new AbortController();
  const done = follow(lab, watchers, stop.signal);
  return async () => {
    stop.abort();
    await done;
  };
}

async function follow(lab: Lab, watchers: Watchers, signal: AbortSignal): Promise<void> {
  const filters = ["type=container", "event=start", "event=die", ...labLabels(lab).map((label) => `label=${label}`)];
  for (let first = true; !signal.aborted; first = false) {
    if (!first) watchers.lost();
    const events = execa("docker", ["events", ...filters.flatMap((filter) => ["--filter", filter]), "--format", "{{json .}}"], {
      buffer: false, reject: false, stdin: "ignore", cancelSignal: signal,
    });
    try {
      for await (const line of events) tell(line, watchers);
    } catch {
      // aborted, or the engine went away: both are seen below
    }
    await events;
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
}

function tell(line: string, watchers: Watchers): void {
  const event = JSON.parse(line) as { Action: string; Actor: { Attributes: Record<string, string> } };
  const id = Number(event.Actor.Attributes["etage.lab.machine"]);
  if (!id) return;
  if (event.Action === "start") watchers.started(id);
  if (event.Action === "die") watchers.ended(id, Number(event.Actor.Attributes["exitCode"]));
}
