/** Who may come to which shared host, by what `capacity` in hosting.yaml lets it take. By the files alone. Pure. */
import { FIRST_SHARED_HOST, type Fleet, type Host } from "../../model/fleet.ts";
import type { Limits } from "../../model/schema.ts";
import { type HostRoom, hostRoom, lacking, needOf, RESOURCES, UNIT } from "./host-room.ts";
import { amount, moreWords } from "./table.ts";

/** The shared host with room for a new customer, the first one first; undefined when none has, or the tier is not shared. */
export function hostWithRoom(fleet: Fleet, tier: string, own: Limits): string | undefined {
  const { platform } = fleet;
  const offer = platform.tiers[tier];
  if (offer?.placement !== "shared") return undefined;
  const need = needOf(platform, tier, { ...offer.limits, ...own });
  return sharedHosts(fleet).find((host) => lacking(hostRoom(platform, host), need).length === 0)?.name;
}

const sharedHosts = ({ hosts }: Fleet): Host[] => hosts.filter(({ kind }) => kind === "shared");

export interface Overfull {
  host: string;
  message: string;
  hint: string;
}

/**
 * Whether a change makes the shared host that serves a customer fuller than it may be; null when it does not, also for one
 * that was too full and is no fuller now. `before`: undefined when nothing is known of it.
 */
export function overfull(before: Fleet | undefined, after: Fleet, slug: string): Overfull | null {
  const { platform } = after;
  const place = after.customer(slug);
  if (!place || place.host.kind !== "shared" || platform.tiers[place.customer.tier]?.placement !== "shared") return null;
  const { host: { name } } = place;
  const room = hostRoom(platform, place.host);
  const old = before?.host(name);
  const was = old && before ? hostRoom(before.platform, old) : undefined;
  const over = RESOURCES.filter((resource) => room.rooms[resource].free < 0 && room.rooms[resource].taken > (was?.rooms[resource].taken ?? 0));
  if (over.length === 0) return null;
  const figures = over.map((resource) => {
    const { taken, usable, free } = room.rooms[resource];
    return `${resource}: ${amount(taken)} of ${amount(usable)} ${UNIT[resource]} would be taken, ${amount(-free)} too much`;
  });
  const others = before ? sharedHosts(before).filter((other) => other.name !== name).map((other) => hostRoom(before.platform, other)) : [];
  return {
    host: name,
    message: [`${name} has no room for ${slug}; nothing was changed`, ...figures.map((line) => `  ${line}`), ...others.map((other) => `  ${other.host}: ${moreWords(other)}`)].join("\n"),
    hint: hintFor(others, nextName(after)),
  };
}

function hintFor(others: readonly HostRoom[], fresh: string): string {
  const free = others.find(({ more }) => more > 0);
  return `${free ? `--host ${free.host} has room` : `--host ${fresh} begins another shared host (or sharedHosts in hosting.yaml), a larger serverType or volumeGigabytes of the tier makes room`}; \`deploy capacity\` has the formula; --anyway does it all the same`;
}

/** The first name of a shared host that nobody has. */
function nextName({ host }: Fleet): string {
  for (let number = 2; ; number += 1) if (!host(`${FIRST_SHARED_HOST}-${number}`)) return `${FIRST_SHARED_HOST}-${number}`;
}
