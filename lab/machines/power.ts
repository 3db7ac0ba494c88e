/** Whether the container that plays a machine runs, and ending it. */
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { docker, tryDocker } from "./command.ts";

/**
 * Docker's word for it ("running", "paused", "exited", …); undefined when there is no such container; throws when the
 * engine is away. Inspected, not listed: a list may still say "running" after the event that says it died.
 */
export async function containerStatus(container: string): Promise<string | undefined> {
  try {
    return await docker(["container", "inspect", "--format", "{{.State.Status}}", container]);
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes("No such container")) return undefined;
    throw error;
  }
}

/** How long systemd gets to stop its units before the cord is pulled: Hetzner's shutdown waits no longer either. */
const patience = 60_000;

/** As by pulling the power cord; also when it is frozen, or off already. */
export async function halt(container: string): Promise<void> {
  // a paused container takes no signal
  await tryDocker(["unpause", container]);
  await tryDocker(["kill", container]);
  await ended(container);
}

/** Waits until it has ended, and makes it end when it does not. */
export async function ended(container: string): Promise<void> {
  const waiting = execa("docker", ["wait", container], { reject: false, timeout: patience });
  const { timedOut } = await waiting;
  if (!timedOut) return;
  await tryDocker(["kill", container]);
  await sleep(100);
}
