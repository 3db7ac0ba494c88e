/** What the two YAML files may hold: `hosting.yaml` (the platform) and `customers.yaml` (who). Shapes only; cross-checks are in rules.ts. */
import { z } from "zod";
import { LOCATIONS, SERVER_TYPES } from "./catalog.ts";

/** A DNS label: what a slug becomes in a hostname, a server name and a stack name. Hetzner server names follow RFC 1123. */
export const slug = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and inner hyphens").min(2).max(40);
export const hostname = z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "a full hostname in lower case").max(253);
const seconds = z.number().positive().max(3600);

/** For completion in editors; that a name is known, the rules say, with a suggestion. */
const serverTypeName = z.string().min(1).meta({ examples: Object.keys(SERVER_TYPES).filter((name) => !SERVER_TYPES[name]!.deprecated) });
const locationName = z.string().min(1).meta({ examples: Object.keys(LOCATIONS) });

const urlPath = z.string().regex(/^\/[^\s?#]*$/, "a path that begins with /");

/** What a customer of a tier may use. Enforced by the app; shown by `deploy usage`. */
export const limits = z.strictObject({
  users: z.int().positive().optional().describe("People with a login"),
  storageMegabytes: z.int().positive().optional().describe("Uploaded files, in MB"),
  apiCallsPerHour: z.int().positive().optional().describe("Requests to the app in a clock hour"),
});

export const service = z.strictObject({
  image: z.string().min(1).describe("Image reference, with a tag"),
  memoryMegabytes: z.int().min(32).describe("Memory limit of the container, in MB"),
});

const serviceDifference = service.partial().optional().describe("Keys that differ");

/** When a host may be updated. Over midnight: `from` later than `to`; the day is the one it opens on. */
export const window = z.strictObject({
  days: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).min(1).describe("Days it opens on"),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time HH:MM").describe("When it opens, HH:MM by the clock of `timeZone`"),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time HH:MM").describe("When it closes; earlier than `from`: on the next day"),
  timeZone: z.string().describe("IANA name, for example Europe/Berlin"),
});

export const tier = z.strictObject({
  placement: z.enum(["shared", "dedicated"]).describe("Many customers on one host, or one host a customer"),
  serverType: serverTypeName.describe("Hetzner server type of the tier's hosts, for example cx33"),
  location: locationName.optional().describe("Hetzner location; the platform's when absent"),
  volumeGigabytes: z.int().min(10).max(10240).default(10).describe("Size of the data volume, in GB (Hetzner: 10 to 10240)"),
  limits: limits.default({}).describe("What each customer of the tier may use; absent: no limit"),
  services: z.strictObject({ postgres: serviceDifference, redis: serviceDifference, proxy: serviceDifference }).default({})
    .describe("What differs from the platform's services"),
  window: window.optional().describe("When hosts of the tier may be updated; a dedicated customer's own window wins"),
  monthlyPrice: z.number().nonnegative().optional().describe("What a customer pays a month, in the platform's currency"),
});

export const hosting = z.strictObject({
  name: slug.max(20).describe("Short name of the platform; prefix of every cloud resource"),
  domain: hostname.describe("Customers live at SLUG.DOMAIN; must be a zone of the Cloudflare account"),
  zones: z.array(hostname).default([]).describe("Further Cloudflare zones that custom hostnames may lie in"),
  location: locationName.describe("Hetzner location, for example fsn1"),
  image: z.string().min(1).default("docker-ce").describe("Hetzner image of new servers"),
  proxied: z.boolean().default(true).describe("Customers' hostnames lead through Cloudflare; origins then admit only Cloudflare"),
  network: z.strictObject({
    range: z.string().default("10.0.0.0/16").describe("Private IPv4 range of the whole network"),
    subnet: z.string().default("10.0.1.0/24").describe("The part of it that hosts get their addresses from"),
    zone: z.string().default("eu-central").describe("Hetzner network zone; all hosts stand in its locations"),
  }).prefault({}).describe("Private network of all hosts"),
  operators: z.array(z.strictObject({
    name: slug.describe("Whose key it is"),
    publicKey: z.string().regex(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?$/, "an OpenSSH public key").describe("As in the .pub file: `ssh-ed25519 AAAA… comment`"),
  })).default([]).describe("Who may log in to hosts as `deploy`; the key in ETAGE_SSH_KEY is always admitted"),
  services: z.strictObject({
    postgres: service.describe("The database"),
    redis: service.describe("Cache and counters"),
    proxy: service.describe("kamal-proxy: TLS, routing by hostname, the switch between releases"),
  }).describe("Containers that Pulumi keeps on every host"),
  app: z.strictObject({
    image: z.string().min(1).describe("Repository of the app's image without tag; ETAGE_REGISTRY replaces its registry"),
    port: z.int().min(1).max(65535).default(3000).describe("Where the app listens in its container"),
    memoryMegabytes: z.int().min(32).default(256).describe("Memory limit of one app container, in MB; during an update there are two"),
    health: z.strictObject({
      ready: urlPath.default("/health/ready").describe("Answers 200 when the app can serve; 503 while it drains or misses its database"),
      live: urlPath.default("/health/live").describe("Answers 200 while the process is alive"),
      version: urlPath.default("/version").describe("Answers with release and tenant as JSON"),
    }).prefault({}).describe("Paths that gates and the proxy ask"),
    environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "capital letters, digits and underscores"), z.string()).default({}).describe("Plain settings, no secrets"),
  }).describe("The product's container, which `deploy` runs"),
  rollout: z.strictObject({
    rings: z.array(z.strictObject({
      tier: z.string().optional().describe("All hosts of this tier that no earlier ring names"),
      hosts: z.array(z.string()).optional().describe("Hosts by name"),
    })).default([])
      .describe("Order of hosts; hosts in no ring come last. Default: dedicated hosts by name, then shared ones"),
    gate: z.strictObject({
      attempts: z.int().min(1).max(600).default(20).describe("How often a gate asks before it fails"),
      intervalSeconds: seconds.default(0.5).describe("Pause between two questions"),
      timeoutSeconds: seconds.default(3).describe("How long one answer may take"),
      successes: z.int().min(1).max(20).default(2).describe("Good answers in a row that a gate wants"),
    }).prefault({}).describe("What a check must give before the next step"),
    drainSeconds: seconds.default(30).describe("How long requests in flight may take when the old release leaves"),
    keepReleases: z.int().min(1).max(20).default(3).describe("Old releases whose image stays on a host, for rollback"),
    backupMaxAgeHours: z.number().positive().default(24).describe("An update first takes a database dump when the newest is older"),
  }).prefault({}).describe("How a release comes to all hosts"),
  notify: z.strictObject({ webhook: z.string().optional().describe("URL (Slack format), or `env:NAME` for the variable that holds it") }).default({})
    .describe("Who hears of updates and failures"),
  tiers: z.record(slug, tier).describe("Offers by name"),
  currency: z.string().length(3).default("EUR").describe("Of all prices; ISO 4217"),
});

export const customer = z.strictObject({
  slug: slug.describe("Short name: its hostname SLUG.DOMAIN and, when dedicated, its host and stack. Never changes"),
  name: z.string().min(1).max(100).describe("What people call it"),
  email: z.email().optional().describe("Whom to write to"),
  tier: z.string().describe("A tier of hosting.yaml"),
  status: z.enum(["active", "suspended"]).default("active").describe("Suspended: it stays where it is with its data, but the app lets nobody work"),
  phase: z.enum(["staged", "live"]).default("staged").describe("Dedicated only: whether its own host serves it already"),
  host: slug.optional().describe("Shared host that serves it: `shared` when absent. Not for a dedicated customer that is live"),
  hostnames: z.array(hostname).default([]).describe("Custom hostnames besides SLUG.DOMAIN"),
  serverType: serverTypeName.optional().describe("Dedicated only: differs from the tier's"),
  location: locationName.optional().describe("Dedicated only: differs from the tier's"),
  limits: limits.optional().describe("What differs from the tier's"),
  window: window.optional().describe("Dedicated only: when its host may be updated; else the tier's window, else any time"),
});

export const customers = z.strictObject({ customers: z.array(customer).describe("One entry a customer, in any order") });

export type Hosting = z.infer<typeof hosting>;
export type Tier = z.infer<typeof tier>;
export type Service = z.infer<typeof service>;
export type Limits = z.infer<typeof limits>;
export type Customer = z.infer<typeof customer>;
export type Window = z.infer<typeof window>;
