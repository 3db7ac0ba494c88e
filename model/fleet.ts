/**
 * The fleet: what the two YAML files come to, as one frozen value that infra and deploy work from.
 *
 * Which host lists whom:
 * - A customer of a shared tier is listed by one shared host: the one it names, else `shared`.
 * - `sharedHosts` of the platform are there also when nobody names them; so is one that a customer's move left and that the
 *   way back leads to.
 * - A live dedicated customer is listed by its own host only.
 * - A staged dedicated customer is listed twice: by the shared host, which still serves it (the one it names, else
 *   `shared`), and by its own host, which is being prepared (phase `staged`). So the shared release keeps its tenant and
 *   its gates until `deploy move` or `deploy go-live`, and the new host already knows the tenant it is made for.
 * Suspended and leaving customers are listed like all others, and the app hears of both as suspended; it decides what they
 * get to see.
 */
import type { Customer, Hosting, Limits, Service, Tier, Window } from "./schema.ts";

export interface HostCustomer {
  slug: string;
  name: string;
  /** As the app is told. */
  status: "active" | "suspended";
  tier: string;
  /** All of them; the first is SLUG.DOMAIN. */
  hostnames: string[];
  /** The operator's own words, which rings select by. */
  labels: Customer["labels"];
  /** The tier's, with the customer's own on top. */
  limits: Limits;
}

export interface Host {
  /** Also the name of its stack. */
  name: string;
  kind: "shared" | "dedicated";
  tier: string;
  /** A shared host is always live. */
  phase: "staged" | "live";
  serverType: string;
  location: string;
  volumeGigabytes: number;
  /** The platform's, with the tier's differences on top. */
  services: { postgres: Service; redis: Service; proxy: Service };
  customers: HostCustomer[];
  /**
   * What its proxy answers for. `shared`: DOMAIN, *.DOMAIN and its customers' custom hostnames. A further shared host:
   * each customer's SLUG.DOMAIN (DNS needs a record for it, the wildcard leads to `shared`) and custom hostnames.
   * Dedicated: SLUG.DOMAIN and custom hostnames.
   */
  hostnames: string[];
  /** When it may be updated: the customer's (dedicated), else the tier's; any time when absent. */
  window?: Window;
}

/** Where a customer is. */
export interface CustomerPlace {
  customer: Customer;
  /** The host that serves it now. */
  host: Host;
  /** Staged dedicated customers only: the host that will. */
  next?: Host;
}

export interface Fleet {
  platform: Hosting;
  /** Shared ones first (`shared`, `shared-2`, …), then dedicated ones by name. */
  hosts: Host[];
  /** By name; undefined when there is none. */
  host(name: string): Host | undefined;
  /** By slug; undefined when there is none. */
  customer(slug: string): CustomerPlace | undefined;
}

/** The shared host that always exists; the wildcard record leads to it. */
export const FIRST_SHARED_HOST = "shared";

/** Derives the fleet from files that passed the rules (an unknown tier, for one, is a programming error here and throws). */
export function fleet(platform: Hosting, customers: readonly Customer[]): Fleet {
  const shared = sharedHosts(platform, customers);
  const dedicated = customers.filter((customer) => tierOf(platform, customer).placement === "dedicated")
    .map((customer) => dedicatedHost(platform, customer)).sort((a, b) => compare(a.name, b.name));
  const hosts = [...shared, ...dedicated];
  const hostByName = new Map(hosts.map((host) => [host.name, host]));
  const customerBySlug = new Map(customers.map((customer) => [customer.slug, customer]));
  const at = (name: string): Host => hostByName.get(name) ?? missing(`host ${name}`);

  return deepFreeze({
    platform,
    hosts,
    host: (name: string) => hostByName.get(name),
    customer(slug: string): CustomerPlace | undefined {
      const customer = customerBySlug.get(slug);
      if (!customer) return undefined;
      const next = isStaged(platform, customer) ? at(slug) : undefined;
      const host = at(servingHost(platform, customer));
      return next ? { customer, host, next } : { customer, host };
    },
  });
}

/** Name of the host that serves a customer now. */
export function servingHost(platform: Hosting, customer: Customer): string {
  const own = tierOf(platform, customer).placement === "dedicated" && customer.phase === "live";
  return own ? customer.slug : customer.host ?? FIRST_SHARED_HOST;
}

function sharedHosts(platform: Hosting, customers: readonly Customer[]): Host[] {
  const residents = new Map<string, Customer[]>(sharedNames(platform.sharedHosts).map((name) => [name, []]));
  for (const customer of customers) {
    if (customer.host !== undefined && !residents.has(customer.host)) residents.set(customer.host, []);
    const name = servingHost(platform, customer);
    if (name === customer.slug) continue;
    const known = residents.get(name);
    if (known) known.push(customer);
    else residents.set(name, [customer]);
  }
  return [...residents].map(([name, listed]) => sharedHost(platform, name, listed)).sort((a, b) => compare(a.name, b.name));
}

/** `shared`, `shared-2`, … */
export const sharedNames = (count: number): string[] => Array.from({ length: count }, (_, at) => at === 0 ? FIRST_SHARED_HOST : `${FIRST_SHARED_HOST}-${at + 1}`);

function sharedHost(platform: Hosting, name: string, listed: Customer[]): Host {
  const tierName = sharedTier(platform, name, listed);
  const tier = platform.tiers[tierName] ?? missing(`tier ${tierName}`);
  const first = name === FIRST_SHARED_HOST;
  return {
    name, kind: "shared", tier: tierName, phase: "live",
    ...machine(platform, tier),
    customers: listed.map((customer) => hostCustomer(platform, customer)),
    hostnames: [
      ...(first ? [platform.domain, `*.${platform.domain}`] : []),
      ...listed.flatMap((customer) => first ? customer.hostnames : allHostnames(platform, customer)),
    ],
    ...(tier.window ? { window: tier.window } : {}),
  };
}

function dedicatedHost(platform: Hosting, customer: Customer): Host {
  const tier = tierOf(platform, customer);
  const window = customer.window ?? tier.window;
  return {
    name: customer.slug, kind: "dedicated", tier: customer.tier, phase: customer.phase,
    ...machine(platform, tier, customer),
    customers: [hostCustomer(platform, customer)],
    hostnames: allHostnames(platform, customer),
    ...(window ? { window } : {}),
  };
}

/**
 * The tier that describes a shared host's machine: among the shared tiers its customers are in, the first in
 * hosting.yaml. `shared` itself always takes the first shared tier, so that no customer's coming or going rescales it.
 */
function sharedTier(platform: Hosting, name: string, listed: Customer[]): string {
  const tiers = Object.keys(platform.tiers).filter((tier) => platform.tiers[tier]?.placement === "shared");
  const used = new Set(listed.map((customer) => customer.tier));
  const own = name === FIRST_SHARED_HOST ? undefined : tiers.find((tier) => used.has(tier));
  return own ?? tiers[0] ?? missing("shared tier");
}

function machine(platform: Hosting, tier: Tier, customer?: Customer): Pick<Host, "serverType" | "location" | "volumeGigabytes" | "services"> {
  return {
    serverType: customer?.serverType ?? tier.serverType,
    location: customer?.location ?? tier.location ?? platform.location,
    volumeGigabytes: tier.volumeGigabytes,
    services: mergedServices(platform, tier),
  };
}

/** The platform's services with the tier's differences on top. */
export function mergedServices(platform: Hosting, tier: Tier): Host["services"] {
  return {
    postgres: { ...platform.services.postgres, ...tier.services.postgres },
    redis: { ...platform.services.redis, ...tier.services.redis },
    proxy: { ...platform.services.proxy, ...tier.services.proxy },
  };
}

function hostCustomer(platform: Hosting, customer: Customer): HostCustomer {
  const { slug, name, tier, labels } = customer;
  const status = customer.status === "active" ? "active" : "suspended";
  const limits = { ...tierOf(platform, customer).limits, ...customer.limits };
  return { slug, name, status, tier, hostnames: allHostnames(platform, customer), labels, limits };
}

/** SLUG.DOMAIN first, then the custom ones. */
export function allHostnames(platform: Pick<Hosting, "domain">, customer: Pick<Customer, "slug" | "hostnames">): string[] {
  return [`${customer.slug}.${platform.domain}`, ...customer.hostnames];
}

function isStaged(platform: Hosting, customer: Customer): boolean {
  return tierOf(platform, customer).placement === "dedicated" && customer.phase === "staged";
}

function tierOf(platform: Hosting, customer: Customer): Tier {
  return platform.tiers[customer.tier] ?? missing(`tier ${customer.tier} of customer ${customer.slug}`);
}

function missing(what: string): never {
  throw new Error(`${what} does not exist; fleet() takes only what the rules accepted`);
}

/** `shared-2` before `shared-10`. */
const compare = new Intl.Collator("en", { numeric: true }).compare;

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
