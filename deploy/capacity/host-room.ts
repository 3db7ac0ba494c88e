/** A shared host against its customers: memory, cores and disk. Pure. */
import { serverType } from "../../model/catalog.ts";
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Limits } from "../../model/schema.ts";
import { type Part, type Room, roomOf } from "./room.ts";

export const RESOURCES = ["memory", "cpu", "disk"] as const;
export type Resource = (typeof RESOURCES)[number];
/** Memory: MB of 1024 kB, as limits of containers count; disk: MB of 1000 kB, as volumes and limits of customers do. */
export const UNIT = { memory: "MB", cpu: "cores", disk: "MB" } as const satisfies Record<Resource, string>;

/** What a customer is counted with. */
export type Need = Record<Resource, number>;
/** What a host really uses. */
export type Measured = Record<Resource, number | null>;

export interface HostRoom {
  host: string;
  tier: string;
  serverType: string;
  customers: number;
  rooms: Record<Resource, Room>;
  /** How many more customers of the host's tier fit. */
  more: number;
  /** What keeps it from being one more. */
  limit: Resource;
}

type Platform = Fleet["platform"];

/** `limits`: of the customer, the tier's with its own on top. */
export function needOf({ capacity: { customer }, tiers }: Platform, tier: string, limits: Limits): Need {
  const own = tiers[tier]?.capacity ?? {};
  return {
    memory: own.memoryMegabytes ?? customer.memoryMegabytes,
    cpu: own.cores ?? customer.cores,
    disk: own.storageMegabytes ?? customer.storageMegabytes ?? limits.storageMegabytes ?? 0,
  };
}

/** What one more customer of the tier is counted with. */
export const usualNeed = (platform: Platform, tier: string): Need => needOf(platform, tier, platform.tiers[tier]?.limits ?? {});

/** What everybody who lives on the host is counted with. Who is to leave for a host of its own has still what the shared tier gave. */
function promisedTo(platform: Platform, host: Host): Need {
  const needs = host.customers.map(({ tier, limits }) => platform.tiers[tier]?.placement === "shared" ? needOf(platform, tier, limits) : usualNeed(platform, host.tier));
  return Object.fromEntries(RESOURCES.map((resource) => [resource, needs.reduce((total, need) => total + need[resource], 0)])) as Need;
}

/** Memory that is taken whoever lives there: limits of the containers; of app and worker there are two during an update. */
export function fixedMemory({ app, capacity }: Pick<Platform, "app" | "capacity">, { services }: Pick<Host, "services">): Part[] {
  return [
    { name: "system", amount: capacity.systemMegabytes },
    ...(["postgres", "redis", "proxy"] as const).map((name) => ({ name, amount: services[name].memoryMegabytes })),
    { name: "app 2 ×", amount: 2 * app.memoryMegabytes },
    ...(app.worker ? [{ name: "worker 2 ×", amount: 2 * app.worker.memoryMegabytes }] : []),
  ];
}

/** What a server type has, in the units of rooms. @throws when it is not in the table: the rules have refused that. */
export function sizeOf(name: string): Record<"memory" | "cpu", number> {
  const type = serverType(name);
  if (!type) throw new Error(`${name} is in no table`);
  return { memory: type.memoryGigabytes * 1024, cpu: type.cores };
}

export function hostRoom(platform: Platform, host: Host, measured?: Measured): HostRoom {
  const size = sizeOf(host.serverType);
  const { memoryPercent, cpuPercent, diskPercent } = platform.capacity;
  const each = usualNeed(platform, host.tier);
  const promised = promisedTo(platform, host);
  const room = (resource: Resource, has: number, percent: number, fixed: readonly Part[] = []): Room =>
    roomOf({ has, percent, fixed, promised: promised[resource], each: each[resource], measured: measured?.[resource] ?? null });
  const rooms = {
    memory: room("memory", size.memory, memoryPercent, fixedMemory(platform, host)),
    cpu: room("cpu", size.cpu, cpuPercent),
    disk: room("disk", host.volumeGigabytes * 1000, diskPercent),
  };
  const limit = RESOURCES.reduce((least, resource) => steps(rooms[resource]) < steps(rooms[least]) ? resource : least);
  return { host: host.name, tier: host.tier, serverType: host.serverType, customers: host.customers.length, rooms, more: rooms[limit].more, limit };
}

/** How far it is from full, in customers and parts of one; below 0 when it is over. */
const steps = ({ free, each }: Room): number => each > 0 ? free / each : free < 0 ? -Infinity : Infinity;

/** The resources of which a customer needs more than is free there. */
export const lacking = ({ rooms }: Pick<HostRoom, "rooms">, need: Need): Resource[] => RESOURCES.filter((resource) => need[resource] > rooms[resource].free);
