/** Asks the shared hosts how full they are. Changes nothing. */
import pLimit from "p-limit";
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { messageOf, UserError } from "../errors.ts";
import { type Observation, observe, parseObservation } from "../host/observe.ts";
import { mustRun } from "../remote/runner.ts";
import { type HostRoom, hostRoom, type Measured, sizeOf } from "./host-room.ts";

/** Connections that are opened at once. */
const AT_ONCE = 16;

export interface Capacity {
  hosts: HostRoom[];
  /** Hosts that could not be asked, and why, by name: of them only what the files say is known. */
  silent: ReadonlyMap<string, string>;
}

/** `ask`: false goes by the files alone. */
export async function gatherCapacity(context: Context, { ask }: { ask: boolean }): Promise<Capacity> {
  const { fleet: { platform, hosts } } = context;
  const limit = pLimit(AT_ONCE);
  const silent = new Map<string, string>();
  const rooms = await Promise.all(hosts.filter(({ kind }) => kind === "shared").map((host) => limit(async () => {
    const measured = ask ? await measure(context, host).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      silent.set(host.name, messageOf(error).split("\n")[0]!);
      return undefined;
    }) : undefined;
    return hostRoom(platform, host, measured);
  })));
  return { hosts: rooms, silent };
}

async function measure(context: Context, host: Host): Promise<Measured> {
  const { services, dataPath } = await context.outputs(host.name);
  const text = await mustRun(await context.connect(host.name), "looking at the host", observe({ services, dataPath, files: [] }), { timeout: 60_000 });
  return measuredBy(parseObservation(text, services), dataPath, sizeOf(host.serverType));
}

/** In the units of a host's rooms. Memory and cores: the share in use of what the type has, since the kernel keeps a part of it to itself. Pure. */
export function measuredBy({ memory, load, disks }: Pick<Observation, "memory" | "load" | "disks">, dataPath: string, size: Record<"memory" | "cpu", number>): Measured {
  const disk = disks.find(({ path }) => path === dataPath);
  return {
    memory: memory && Math.round((1 - memory.available / memory.bytes) * size.memory),
    // A minute's load is anybody's nightly job.
    cpu: load && Math.round(load.quarter / load.cores * size.cpu * 100) / 100,
    disk: disk ? Math.round((disk.bytes - disk.free) / 1e6) : null,
  };
}
