/** bin/lab status */
import Table from "cli-table3";
import { control, type Status } from "../control/client.ts";
import { containersOf, memoryOf, type Container } from "../control/docker.ts";
import { readIdentity } from "../control/identity.ts";
import { containerName, registryName, storageName } from "../machines/names.ts";
import type { Output } from "./output.ts";
import { isAlive } from "./process.ts";

type Health = "up" | "down" | "broken";

/** Prints the lab's state; gives the exit code: 0 up, 1 down or broken. */
export async function status(directory: string, output: Output): Promise<number> {
  const identity = readIdentity(directory);
  if (!identity) {
    output.say("No lab here yet. Start one: bin/lab up");
    output.result({ state: "down", number: null });
    return 1;
  }
  const containers = await containersOf(identity.number);
  const live = isAlive(directory, identity.pid) ? await control<Status>(directory, identity, "GET", "/status") : undefined;
  const stateOf = (name: string) => containers.find((one) => one.name === name)?.state ?? "missing";
  const [registry, storage] = [stateOf(registryName(identity)), stateOf(storageName(identity))];
  const running = containers.filter((one) => one.state === "running" || one.state === "paused");
  const memory = await memoryByName(running);
  const total = Math.round(Object.values(memory).reduce((sum, bytes) => sum + bytes, 0) / 1e6) + (live?.memory ?? 0);
  const health: Health = live && registry === "running" && storage === "running" ? "up" : running.length > 0 || live ? "broken" : "down";
  const why = live ? (registry === "running" ? `its object store is ${storage}` : `its registry is ${registry}`) : `its process${identity.pid ? ` (${identity.pid})` : ""} is gone, but ${running.length} containers run`;

  const servers = live?.servers.map((server) => ({ ...server, memory: megabytes(memory[containerName(identity, server.id)]) })) ?? [];
  const { requests, zones, faults, problems, started, pid } = live ?? {};
  output.result({ state: health, number: identity.number, directory, pid, started, registry, storage, memory: total, servers, zones, requests, faults, problems, ...(health === "broken" ? { why } : {}) });

  output.say(
    health === "up"
      ? `Lab ${identity.number} is up since ${started?.slice(0, 19).replace("T", " ")} UTC: process ${pid}, ${running.length} containers, ${total} MB`
      : health === "down"
        ? `Lab ${identity.number} is down; its state is kept. Bring it back: bin/lab up`
        : `Lab ${identity.number} is broken: ${why}. Mend it: bin/lab up`,
  );
  if (live) {
    for (const problem of live.problems) output.say(`✗ ${problem}`);
    if (servers.length > 0) output.say(table(servers));
    output.say(`zones: ${live.zones.map((zone) => `${zone.name} (${zone.records} records)`).join(", ") || "none"}`);
    output.say(`requests since start: ${Object.entries(live.requests).map(([name, count]) => `${name} ${count}`).join(", ")}`);
    if (live.faults > 0) output.say(`faults set: ${live.faults} (bin/lab fault list)`);
  }
  return health === "up" && problems?.length === 0 ? 0 : 1;
}

async function memoryByName(containers: Container[]): Promise<Record<string, number>> {
  const each = containers.map(async (one) => [one.name, await memoryOf(one.id)] as const);
  return Object.fromEntries(await Promise.all(each));
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? null : Math.round(bytes / 1e6));

function table(servers: (Status["servers"][number] & { memory: number | null })[]): string {
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " };
  const rows = new Table({ head: ["SERVER", "ID", "TYPE", "ADDRESS", "API", "MACHINE", "MEMORY"], chars: none, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  for (const one of servers) rows.push([one.name, one.id, one.type, one.ipv4 ?? "–", one.status, one.machine, one.memory === null ? "–" : `${one.memory} MB`]);
  return rows.toString();
}
