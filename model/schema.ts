/** What the two YAML files may hold: `hosting.yaml` (the platform) and `customers.yaml` (who). Shapes only; cross-checks are in rules.ts. */
import { z } from "zod";
import { backup } from "./backup-schema.ts";
import { capacity, tierCapacity } from "./capacity-schema.ts";
import { advise, cost } from "./cost-schema.ts";
import { LOCATIONS, SERVER_TYPES } from "./catalog.ts";
import { credentials, retention } from "./life-schema.ts";
import { address, secretReference } from "./references.ts";

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
  apiCallsPerHour: z.int().positive().optional().describe("Calls of the API in a clock hour"),
  requestsPerMinute: z.int().positive().optional().describe("Requests of people and programs in a clock minute"),
  monthlyMegabytes: z.int().positive().optional().describe("What goes in and out in a calendar month, in MB"),
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
  capacity: tierCapacity.optional().describe("Shared only: what a customer of this tier is counted with, where it differs from the platform's `capacity.customer`"),
});

/** Which hosts: those that match any of the selectors. */
const selectors = {
  hosts: z.array(z.string()).optional().describe("Hosts by name, in this order"),
  tier: z.string().optional().describe("All hosts of this tier"),
  customers: z.array(slug).optional().describe("The hosts that serve these customers"),
  labels: z.record(z.string().min(1), z.string()).optional().describe("Hosts with a customer that has all these labels"),
};

export const rollout = z.strictObject({
  rings: z.array(z.strictObject({
    name: z.string().min(1).max(30).optional().describe("What the plan calls the ring; made from its selectors when absent"),
    ...selectors,
    concurrency: z.int().min(1).max(100).default(1).describe("Hosts that are updated at once"),
    bakeSeconds: z.number().nonnegative().max(86_400).default(0).describe("How long the ring's hosts are watched before the next ring begins"),
  })).default([])
    .describe("Order of hosts: a host belongs to the first ring that selects it, hosts in no ring come last. Default: dedicated hosts by name, then shared ones"),
  canary: z.strictObject({
    percent: z.number().positive().max(100).optional().describe("Share of the host's customers, always the same ones"),
    customers: z.array(slug).optional().describe("Customers by slug"),
    watchSeconds: z.number().positive().max(3600).default(60).describe("How long they are watched before all others follow"),
  }).optional().describe("On a shared host, these customers get the new release before the rest"),
  watch: z.strictObject({
    minimumRequests: z.int().min(1).default(50).describe("With fewer requests, only restarts are judged"),
    errorPercent: z.number().positive().max(100).default(1).describe("Answers of 500 and above, in percentage points above the host's own recent past"),
    slowdown: z.number().min(1).default(2).describe("95th percentile of the response time, as a multiple of the host's own recent past"),
    restarts: z.int().nonnegative().default(0).describe("Restarts of the app's container"),
  }).prefault({}).describe("What an updated host may do while it is watched"),
  onFailure: z.enum(["halt", "continue", "revert"]).default("halt")
    .describe("A failed host always goes back to its old release. Then: `halt` stops there, `continue` goes on within `maxFailures`, `revert` brings back every host that this run updated"),
  maxFailures: z.union([z.int().nonnegative(), z.string().regex(/^(\d{1,2}|100)%$/, "a number, or a share such as 5%")]).default(0)
    .describe("Failed hosts that `continue` and `revert` put up with, as a number or as a share of the run's hosts (rounded down)"),
  gate: z.strictObject({
    attempts: z.int().min(1).max(600).default(20).describe("How often a gate asks before it fails"),
    intervalSeconds: seconds.default(0.5).describe("Pause between two questions"),
    timeoutSeconds: seconds.default(3).describe("How long one answer may take"),
    successes: z.int().min(1).max(20).default(2).describe("Good answers in a row that a gate wants"),
    steadySeconds: z.number().nonnegative().max(3600).default(2).describe("How long the new container must then stay healthy, under customers' requests, before the old one leaves"),
    status: z.int().min(100).max(599).default(200).describe("Status that the `ready` path must answer with"),
    body: z.string().min(1).optional().describe("Text that its answer must hold"),
    header: z.string().regex(/^[A-Za-z0-9-]+: .+$/, "`Name: value`").optional().describe("Header that its answer must have"),
    public: z.enum(["off", "note", "must"]).default("note")
      .describe("After the switch customers' names are asked as customers do, by DNS and TLS from the operator's machine. A wrong answer is noted, or with `must` the host goes back; a name that doesn't answer from here is noted only"),
  }).prefault({}).describe("What a check must give before the next step"),
  images: z.enum(["registry", "peer"]).default("registry")
    .describe("Where hosts get a release's image: `registry`, each by itself, or `peer`, one host from there and the others from it through the private network"),
  drainSeconds: seconds.default(30).describe("How long requests in flight may take when the old release leaves"),
  migrateSeconds: seconds.default(900).describe("How long a migration may take before it is stopped and the update fails"),
  keepReleases: z.int().min(1).max(20).default(3).describe("Old releases whose image stays on a host, for rollback"),
  backupMaxAgeHours: z.number().positive().default(24).describe("An update first takes a database dump when the newest is older"),
});

const notify = z.strictObject({
  slack: address.optional().describe("Incoming webhook of a chat, in Slack's format: `env:NAME` for the variable that holds its address, or a URL"),
  webhook: z.strictObject({
    url: address.describe("Gets JSON by POST (docs/notifications.md): a URL, or `env:NAME`"),
    secret: z.string().regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/, "`env:NAME` for the variable that holds it").optional().describe("What the calls are signed with: `whsec_…`, held by a variable"),
  }).optional().describe("A program of your own"),
  mail: z.strictObject({
    to: z.array(z.email()).min(1).describe("Addresses"),
    from: z.email().describe("Sender"),
    server: z.string().regex(/^(smtps?:\/\/\S+|env:[A-Za-z_][A-Za-z0-9_]*)$/, "an smtp:// or smtps:// URL, or `env:NAME` for the variable that holds it")
      .describe("`env:NAME` for the variable that holds `smtps://USER:PASSWORD@HOST`, or such a URL without a password"),
  }).optional().describe("Mail over SMTP"),
  on: z.array(z.enum(["start", "failure", "end"])).min(1).default(["start", "failure", "end"]).describe("What is told: that a run begins, or whose data is going to be erased; its first failed host (at once); how it ended"),
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
    registry: z.strictObject({
      username: z.string().regex(/^[^:\s]+$/, "a name without colon or spaces").describe("Whom to log in as"),
      password: secretReference.describe("`env:NAME` for the variable that holds it, or a `command` that prints it"),
    }).optional().describe("How operator and hosts log in to the image's registry, for private ones; a host forgets it after each pull"),
    port: z.int().min(1).max(65535).default(3000).describe("Where the app listens in its container"),
    memoryMegabytes: z.int().min(32).default(256).describe("Memory limit of one app container, in MB; during an update there are two"),
    health: z.strictObject({
      ready: urlPath.default("/health/ready").describe("Answers 200 when the app can serve; 503 while it drains or misses its database"),
      live: urlPath.default("/health/live").describe("Answers 200 while the process is alive"),
      version: urlPath.default("/version").describe("Answers with release and tenant as JSON"),
    }).prefault({}).describe("Paths that gates and the proxy ask"),
    streams: z.array(urlPath).default([]).describe("Paths below which the app keeps connections open (Server-Sent Events, WebSockets): when a customer moves nobody waits for their end, and the app's command `disconnect` tells them to come again"),
    worker: z.strictObject({
      memoryMegabytes: z.int().min(32).default(256).describe("Memory limit of the worker's container, in MB"),
      stopSeconds: seconds.default(60).describe("How long the worker may take to finish its job when it is told to stop"),
    }).optional().describe("A second process of the app without HTTP: the image's command `work`. Absent: none"),
    databasePerCustomer: z.boolean().default(false).describe("Each customer's rows lie in a database of its own on the host's PostgreSQL (docs/app-contract.md), and a move takes all of it"),
    suspendedStatus: z.literal([402, 403]).optional().describe("Status of a suspended customer's page: 402 (payment required) or 403; absent: the app's own, 403"),
    environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "capital letters, digits and underscores"), z.string()).default({}).describe("Plain settings, no secrets"),
  }).describe("The product's container, which `deploy` runs"),
  rollout: rollout.prefault({}).describe("How a release comes to all hosts"),
  notify: notify.prefault({}).describe("Who hears of updates and failures"),
  backup: backup.optional().describe("Backups away from the host (docs/backups.md). Absent: none but the dump before an update, on the host itself"),
  credentials: credentials.default("print").describe("How a new customer's admin gets the first password: `print`, once, on your terminal; `mail` to the customer's `email`, by `notify.mail`; or a `command`"),
  retention: retention.prefault({}).describe("What becomes of customers who are suspended or leave (docs/customers.md)"),
  tiers: z.record(slug, tier).describe("Offers by name"),
  sharedHosts: z.int().min(1).max(99).default(1).describe("How many shared hosts there are: `shared`, `shared-2`, … A new customer comes to the first with room"),
  capacity: capacity.prefault({}).describe("How full a shared host may be (docs/capacity-and-cost.md)"),
  cost: cost.prefault({}).describe("What hosting costs besides servers, addresses and volumes"),
  advise: advise.prefault({}).describe("When `deploy advise` names a customer"),
  currency: z.string().length(3).default("EUR").describe("Of all prices; ISO 4217"),
});

export const customer = z.strictObject({
  slug: slug.describe("Short name: its hostname SLUG.DOMAIN and, when dedicated, its host and stack. Never changes"),
  name: z.string().min(1).max(100).describe("What people call it"),
  email: z.email().optional().describe("Whom to write to"),
  tier: z.string().describe("A tier of hosting.yaml"),
  status: z.enum(["active", "suspended", "leaving"]).default("active").describe("Suspended: it stays where it is with its data, but the app lets nobody work. Leaving: the same, until its data is erased"),
  eraseOn: z.iso.date().optional().describe("From that day on (UTC) `deploy erase` removes its data for good. Suspended and without it: never"),
  phase: z.enum(["staged", "live"]).default("staged").describe("Dedicated only: whether its own host serves it already"),
  host: slug.optional().describe("Shared host that serves it, `shared` when absent; of a live dedicated customer: the one that its move left, until that is finished"),
  hostnames: z.array(hostname).default([]).describe("Custom hostnames besides SLUG.DOMAIN"),
  serverType: serverTypeName.optional().describe("Dedicated only: differs from the tier's"),
  location: locationName.optional().describe("Dedicated only: differs from the tier's"),
  labels: z.record(z.string().min(1), z.string()).default({}).describe("Words of your own, for the rings of a rollout: `region: eu`"),
  limits: limits.optional().describe("What differs from the tier's"),
  window: window.optional().describe("Dedicated only: when its host may be updated; else the tier's window, else any time"),
});

export const customers = z.strictObject({ customers: z.array(customer).describe("One entry a customer, in any order") });

export type Notify = z.infer<typeof notify>;
export type { Backup } from "./backup-schema.ts";
export type { SecretReference } from "./references.ts";
export type { CredentialsChannel, Retention } from "./life-schema.ts";
export type Rollout = z.infer<typeof rollout>;
export type Hosting = z.infer<typeof hosting>;
export type Tier = z.infer<typeof tier>;
export type Service = z.infer<typeof service>;
export type Limits = z.infer<typeof limits>;
export type Customer = z.infer<typeof customer>;
export type Window = z.infer<typeof window>;
