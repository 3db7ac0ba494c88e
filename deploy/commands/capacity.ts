import { gatherCapacity } from "../capacity/gather.ts";
import { capacityText } from "../capacity/table.ts";
import { exitCode } from "../errors.ts";
import type { Handler } from "./verb.ts";

/** Exit code 1 when a host has less than is taken of it, or could not be asked. */
export const capacity: Handler = async (context, args) => {
  const found = await gatherCapacity(context, { ask: args.offline !== true });
  const { capacity: policy } = context.fleet.platform;
  context.report.data({
    capacity: policy,
    hosts: found.hosts.map(({ more, rooms, ...host }) => ({
      ...host, more: finite(more), rooms: Object.fromEntries(Object.entries(rooms).map(([name, room]) => [name, { ...room, more: finite(room.more) }])), fault: found.silent.get(host.host) ?? null,
    })),
  });
  context.report.text(capacityText(context.fleet, found));
  const over = found.hosts.some(({ rooms, limit }) => rooms[limit].free < 0);
  return over || found.silent.size > 0 ? exitCode.failed : exitCode.ok;
};

/** JSON knows no infinity: null is any number. */
const finite = (value: number): number | null => Number.isFinite(value) ? value : null;
