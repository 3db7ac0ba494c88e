/** Reads what bake.ts judges, from the ring's hosts. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { parseTraffic, readTraffic } from "../host/traffic.ts";
import { mustRun } from "../remote/runner.ts";
import { bake, type BakeFault } from "./bake.ts";
import type { Watched } from "./run.ts";

/** Seconds between two looks: often enough for the shortest bake, seldom enough for the longest. */
const every = (seconds: number): number => Math.min(30, Math.max(2, seconds / 20));

export function bakeRing(context: Context, hosts: readonly Watched[], ring: { number: number; seconds: number; goOn(faults: number): boolean }, signal: AbortSignal): Promise<BakeFault[]> {
  const containers = new Map(hosts.map(({ host, container }) => [host, container]));
  return bake(hosts.map(({ host, past }) => ({ host, past })), {
    ring: ring.number, seconds: ring.seconds, goOn: ring.goOn, every: every(ring.seconds), limits: context.fleet.platform.rollout.watch,
    sample: async (host) => parseTraffic(await mustRun(await context.connect(host), "reading its traffic", readTraffic([containers.get(host)!]), { timeout: 20_000 })),
    report: context.report, signal, now: context.now, pause: (seconds) => sleep(seconds * 1000),
  });
}
