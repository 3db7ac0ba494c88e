/** Capacity for people: each figure of the formula, in its order. */
import type { Fleet } from "../../model/fleet.ts";
import { table } from "../report/table.ts";
import { count } from "../report/units.ts";
import type { Capacity } from "./gather.ts";
import { type HostRoom, type Resource, RESOURCES, UNIT } from "./host-room.ts";
import type { Room } from "./room.ts";

const HEAD = ["", "HAS", "USABLE", "FIXED", "PROMISED", "MEASURED", "FREE", "PER CUSTOMER", "MORE"];

export function capacityText({ platform: { capacity } }: Fleet, { hosts, silent }: Capacity): string {
  const { memoryPercent, cpuPercent, diskPercent } = capacity;
  return [
    ...hosts.map((host) => hostText(host, silent.get(host.host))),
    `usable: ${memoryPercent}% of memory, ${cpuPercent}% of cores, ${diskPercent}% of the data volume (\`capacity\` in hosting.yaml)`,
    "free = usable − the larger of (fixed + promised) and measured; more = free / per customer",
  ].join("\n");
}

function hostText(host: HostRoom, fault: string | undefined): string {
  const { rooms: { memory } } = host;
  return [
    `${host.host}  ${host.serverType}, ${count(host.customers, "customer")} of tier ${host.tier}: ${moreWords(host)}`,
    ...(fault === undefined ? [] : [`  ✗ not measured: ${fault}`]),
    indented(table(HEAD, RESOURCES.map((resource) => row(resource, host.rooms[resource])), HEAD.slice(1))),
    `  fixed memory: ${memory.fixed.map(({ name, amount }) => `${name} ${/×$/.test(name) ? amount / 2 : amount}`).join(", ")}`,
    "",
  ].join("\n");
}

export function moreWords({ more, limit, rooms }: HostRoom): string {
  if (rooms[limit].free < 0) return `over its budget by ${amount(-rooms[limit].free)} ${UNIT[limit]} of ${limit}`;
  return more === Infinity ? "any number fits" : `${more} more fit, ${limit} is the limit`;
}

function row(resource: Resource, { has, usable, fixed, promised, measured, taken, free, each, more }: Room): (string | number)[] {
  const known = measured !== null && measured === taken && measured > promised ? "!" : "";
  return [
    `${resource} ${UNIT[resource]}`, amount(has), amount(usable), amount(fixed.reduce((sum, part) => sum + part.amount, 0)), amount(promised),
    measured === null ? "" : `${known}${amount(measured)}`, amount(free), amount(each), more === Infinity ? "any" : more,
  ];
}

/** Whole ones, and of small ones two digits. */
export const amount = (value: number): string => Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : String(Math.round(value * 100) / 100);

const indented = (text: string): string => text.split("\n").map((line) => `  ${line}`).join("\n");
