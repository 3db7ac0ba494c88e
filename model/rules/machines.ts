/** Server types and locations, by the dated table of catalog.ts. */
import { CATALOG_DATE, isLocation, LOCATIONS, SERVER_TYPES, serverType } from "../catalog.ts";
import type { Path } from "../faults.ts";
import { didYouMean } from "../nearest.ts";
import { inCustomer, inHosting, type Draft, type Finding, type Rule } from "./draft.ts";

interface Pair {
  type: string | undefined;
  location: string | undefined;
}

/** A place where a server type or a location is written (undefined: not here), with the other half that it meets there. */
interface Choice extends Pair {
  /** What applies here, written or inherited. */
  both: Pair;
  /** Of a customer: what its tier says. */
  inherited?: Pair;
  finding(path: Path, message: string, suggestion?: string): Finding;
}

export function* choices({ platform, tiers, customers }: Draft): Iterable<Choice> {
  for (const [name, tier] of tiers ?? []) {
    yield {
      type: tier.serverType, location: tier.location,
      both: { type: tier.serverType, location: tier.location ?? platform.location },
      finding: (path, message, suggestion) => inHosting(["tiers", name, ...path], message, suggestion),
    };
  }
  for (const customer of customers) {
    const { value, tier } = customer;
    const inherited = { type: tier?.serverType, location: tier?.location ?? platform.location };
    // On a shared customer the keys themselves are the fault (placement-keys).
    if ((value.serverType === undefined && value.location === undefined) || tier?.placement === "shared") continue;
    yield {
      type: value.serverType, location: value.location,
      both: { type: value.serverType ?? inherited.type, location: value.location ?? inherited.location },
      inherited,
      finding: (path, message, suggestion) => inCustomer(customer, path, message, suggestion),
    };
  }
}

export const knownServerType: Rule = {
  name: "known-server-type", severity: "fault",
  says: "Server types are Hetzner's.",
  *check(draft) {
    for (const { type, finding } of choices(draft)) {
      if (type === undefined || serverType(type)) continue;
      yield finding(["serverType"], `"${type}" is no server type of Hetzner Cloud as of ${CATALOG_DATE}`,
        didYouMean(type, Object.keys(SERVER_TYPES).filter((name) => !SERVER_TYPES[name]!.deprecated)) ?? "known ones: model/catalog.ts");
    }
  },
};

export const currentServerType: Rule = {
  name: "current-server-type", severity: "warning",
  says: "Server types can still be ordered; a deprecated one goes on for existing servers only.",
  *check(draft) {
    for (const { type, finding } of choices(draft)) {
      const deprecated = type === undefined ? undefined : serverType(type)?.deprecated;
      if (deprecated) yield finding(["serverType"], `${type} is deprecated since ${deprecated.since}; new servers can't be ordered`, `its successor is \`${deprecated.successor}\``);
    }
  },
};

export const knownLocation: Rule = {
  name: "known-location", severity: "fault",
  says: "Locations are Hetzner's.",
  *check(draft) {
    const names = Object.keys(LOCATIONS);
    const message = (location: string) => `"${location}" is no location of Hetzner Cloud (${names.map((name) => `${name} ${LOCATIONS[name as keyof typeof LOCATIONS].city}`).join(", ")})`;
    const { location } = draft.platform;
    if (location !== undefined && !isLocation(location)) yield inHosting(["location"], message(location), meant(location));
    for (const choice of choices(draft)) {
      if (choice.location !== undefined && !isLocation(choice.location)) yield choice.finding(["location"], message(choice.location), meant(choice.location));
    }
  },
};

/** By name, city, or a name with its data centre (`fsn1-dc14`). */
function meant(location: string): string | undefined {
  const city = Object.entries(LOCATIONS).find(([name, { city }]) => city.toLowerCase() === location.toLowerCase() || location.startsWith(`${name}-`));
  return city ? `did you mean \`${city[0]}\`?` : didYouMean(location, Object.keys(LOCATIONS));
}

export const soldInLocation: Rule = {
  name: "sold-in-location", severity: "fault",
  says: "A server type is sold in the location where it is wanted.",
  *check(draft) {
    for (const { type, both, inherited, finding } of choices(draft)) {
      // Then the tier has the fault already.
      if (inherited && inherited.type === both.type && inherited.location === both.location) continue;
      const known = both.type === undefined ? undefined : serverType(both.type);
      if (!known || both.location === undefined || !isLocation(both.location) || known.locations.includes(both.location)) continue;
      yield finding([type === undefined ? "location" : "serverType"], `${both.type} is not sold in ${both.location} (sold in ${known.locations.join(", ")})`, alternative(both.location, known));
    }
  },
};

/** The smallest type of the same architecture sold there that has as much of everything. */
function alternative(location: keyof typeof LOCATIONS, wanted: NonNullable<ReturnType<typeof serverType>>): string | undefined {
  const found = Object.entries(SERVER_TYPES)
    .filter(([, type]) => !type.deprecated && type.architecture === wanted.architecture && type.locations.includes(location))
    .filter(([, type]) => type.cores >= wanted.cores && type.memoryGigabytes >= wanted.memoryGigabytes && type.diskGigabytes >= wanted.diskGigabytes)
    .sort(([, a], [, b]) => Number(a.cpu === "dedicated") - Number(b.cpu === "dedicated") || a.memoryGigabytes - b.memoryGigabytes || a.cores - b.cores)[0];
  return found && `there, \`${found[0]}\` has as much or more`;
}

export const locationInNetworkZone: Rule = {
  name: "location-in-network-zone", severity: "fault",
  says: "All hosts stand in the network zone of the private network.",
  *check(draft) {
    const zone = draft.platform.network?.zone;
    if (zone === undefined || !ZONES.has(zone)) return;
    const { location } = draft.platform;
    const message = (place: keyof typeof LOCATIONS) => `${place} is in network zone ${LOCATIONS[place].zone}, but the platform's network is in ${zone}`;
    const hint = `locations in ${zone}: ${Object.entries(LOCATIONS).filter(([, at]) => at.zone === zone).map(([name]) => name).join(", ")}`;
    if (location !== undefined && isLocation(location) && LOCATIONS[location].zone !== zone) yield inHosting(["location"], message(location), hint);
    for (const choice of choices(draft)) {
      const place = choice.location;
      if (place !== undefined && isLocation(place) && LOCATIONS[place].zone !== zone) yield choice.finding(["location"], message(place), hint);
    }
  },
};

export const ZONES: ReadonlySet<string> = new Set(Object.values(LOCATIONS).map(({ zone }) => zone));
