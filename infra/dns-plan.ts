/** Which DNS records a host has. Pure. */
import type { Host } from "../model/fleet.ts";
import type { Hosting } from "../model/schema.ts";

export interface RecordPlan {
  /** Full hostname, may begin with `*.`. */
  name: string;
  /** Cloudflare zone it lies in. */
  zone: string;
}

export interface DnsPlan {
  records: RecordPlan[];
  /** Hostnames of the host that lie in no zone of ours; whoever runs their DNS has to point them here. */
  foreign: string[];
}

/** The platform's Cloudflare zones, the domain's first. */
export const zonesOf = ({ domain, zones }: Pick<Hosting, "domain" | "zones">): string[] => [...new Set([domain, ...zones])];

/** The zone that a hostname lies in: the longest that ends it. */
export function zoneOf(hostname: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => hostname === zone || hostname.endsWith(`.${zone}`)).sort((a, b) => b.length - a.length)[0];
}

/** The names of a host, sorted into those that we can have a record and a certificate for, and the others. */
export function namesInZones(hostnames: readonly string[], zones: readonly string[]): DnsPlan {
  const located = hostnames.map((name) => ({ name, zone: zoneOf(name, zones) }));
  return {
    records: located.filter((entry): entry is RecordPlan => entry.zone !== undefined),
    foreign: located.filter((entry) => entry.zone === undefined).map((entry) => entry.name),
  };
}

/** A staged host has none: its customer is still served by the shared host, whose wildcard a record of its own would beat. */
export function dnsPlan(host: Pick<Host, "phase" | "hostnames">, platform: Pick<Hosting, "domain" | "zones">): DnsPlan {
  if (host.phase === "staged") return { records: [], foreign: [] };
  return namesInZones(host.hostnames, zonesOf(platform));
}
