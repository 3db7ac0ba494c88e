/** Brings an arena into order, whatever was done to it. */
import { ageLock } from "../site/inspect.ts";
import { ageOperations } from "../site/journal.ts";
import type { Arena } from "./arena.ts";

/** Takes every fault away and brings all hosts to one sound release; throws when that can't be done. */
export async function restore({ site, machines, hosts, versions }: Arena): Promise<void> {
  await machines.registry("start");
  for (const host of hosts) {
    for (const fault of ["thaw", "start", "mend", "empty"] as const) await machines.fault(host, fault);
    machines.tell(host, null);
  }
  for (const host of hosts) {
    await recovered({ machines }, host);
    await ageLock(machines, host, 90);
  }
  await ageOperations(site, 90);
  await site.must(["bin/deploy", "update-all", versions.sound[0], "--yes"]);
}

/** A machine that had no power needs a moment until its services answer. */
export async function recovered({ machines }: Pick<Arena, "machines">, host: string): Promise<void> {
  const ready = 'docker exec postgres pg_isready -q && docker exec proxy kamal-proxy list >/dev/null && [ -z "$(docker ps --quiet --filter health=starting)" ]';
  for (let patience = 0; ; patience += 1) {
    try {
      return void await machines.inside(host, ready);
    } catch (error) {
      if (patience >= 120) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
