/** Order of hosts: which ring each belongs to, and why. Pure. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Rollout } from "../../model/schema.ts";

export interface RingSettings {
  name: string;
  /** Hosts that are updated at once. */
  concurrency: number;
  /** How long the ring's hosts are watched before the next ring begins. */
  bakeSeconds: number;
}

export interface Place {
  host: Host;
  /** The same object for all hosts of a ring. */
  ring: RingSettings;
  /** Why the host stands here: `named in canaries`, `tier dedicated`, `serves acme`, `acme has region: eu`. */
  place: string;
}

type Selectors = Rollout["rings"][number];
type Pick = [host: Host, place: string];

/** Hosts in no ring come last, one at a time. */
const REST: RingSettings = { name: "the rest", concurrency: 1, bakeSeconds: 0 };

/** Every host once, in visiting order: hosting.yaml's rings, else dedicated hosts by name, then shared ones. */
export function order(fleet: Fleet): Place[] {
  const { rings } = fleet.platform.rollout;
  const inTurn = (name: string): RingSettings => ({ name, concurrency: 1, bakeSeconds: 0 });
  const groups: [RingSettings, Pick[]][] = rings.length > 0
    ? rings.map((ring) => { const settings = settingsOf(ring); return [settings, selected(fleet, ring, settings.name)]; })
    : (["dedicated", "shared"] as const).map((kind) => [inTurn(kind), byName(fleet.hosts.filter((host) => host.kind === kind)).map((host) => [host, `${kind} host`])]);
  const seen = new Set<string>();
  return [...groups, [REST, byName(fleet.hosts).map((host): Pick => [host, "in no ring"])] as const].flatMap(([ring, picks]) => picks.flatMap(([host, place]) => {
    if (seen.has(host.name)) return [];
    seen.add(host.name);
    return [{ host, ring, place }];
  }));
}

function settingsOf(ring: Selectors): RingSettings {
  return { name: ring.name ?? nameOf(ring), concurrency: ring.concurrency, bakeSeconds: ring.bakeSeconds };
}

/** A ring without a name is called by what it selects; long lists are cut. */
function nameOf({ hosts = [], tier, customers = [], labels = {} }: Selectors): string {
  const words = [...new Set(hosts), ...(tier === undefined ? [] : [`tier ${tier}`]), ...customers, ...Object.entries(labels).map(([key, value]) => `${key}: ${value}`)];
  return words.length > 2 ? `${words[0]} and ${words.length - 1} more` : words.join(", ");
}

/** In the order of the selectors: as written by name and by customer, else by name. A host may come twice. */
function selected(fleet: Fleet, { hosts = [], tier, customers = [], labels = {} }: Selectors, name: string): Pick[] {
  const wanted = Object.entries(labels);
  const labelled = wanted.length === 0 ? [] : byName(fleet.hosts).flatMap((host): Pick[] => {
    const bearer = host.customers.find((customer) => wanted.every(([key, value]) => customer.labels[key] === value));
    return bearer ? [[host, `${bearer.slug} has ${wanted.map(([key, value]) => `${key}: ${value}`).join(", ")}`]] : [];
  });
  return [
    ...hosts.flatMap((host): Pick[] => { const found = fleet.host(host); return found ? [[found, `named in ${name}`]] : []; }),
    ...(tier === undefined ? [] : byName(fleet.hosts.filter((host) => host.tier === tier)).map((host): Pick => [host, `tier ${tier}`])),
    ...customers.flatMap((slug): Pick[] => { const place = fleet.customer(slug); return place ? [[place.host, `serves ${slug}`]] : []; }),
    ...labelled,
  ];
}

const compare = new Intl.Collator("en", { numeric: true }).compare;
const byName = (hosts: readonly Host[]): Host[] => hosts.toSorted((a, b) => compare(a.name, b.name));
