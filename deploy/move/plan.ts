/** What a move comes to, as a value: what is moved, how, what stands in its way, how long, what it costs. Pure. */
import { monthlyCost, PRICES_DATE } from "../../model/prices.ts";
import type { Fleet } from "../../model/fleet.ts";
import type { MovePrediction } from "./past.ts";
import { FLIPPING, type MoveStep, PREPARING, SETTLING } from "./steps.ts";
import type { Target } from "./target.ts";

export interface PlannedTable { name: string; rows: number; bytes: number }

/** `mend`: the statement or command that takes the fault away. */
export interface MoveFault { message: string; mend: string | null }

/** What was found on the hosts. */
export interface MoveFacts {
  release: string;
  strategy: { name: "rows" | "database" | "directory"; reason: string };
  tables: readonly PlannedTable[];
  files: { count: number; bytes: number };
  faults: readonly MoveFault[];
  /** Worth knowing, in nobody's way. */
  remarks: readonly string[];
  /** Whether the target's stack is up. */
  targetUp: boolean;
}

export interface MovePlan {
  format: 1;
  customer: string;
  hostname: string;
  from: string;
  to: string;
  release: string;
  edit: Target["edit"];
  strategy: MoveFacts["strategy"];
  tables: PlannedTable[];
  files: MoveFacts["files"];
  rows: number;
  bytes: number;
  faults: MoveFault[];
  remarks: string[];
  prediction: MovePrediction;
  /** Longest time that requests are held before everything is let go where it was. */
  holdLimitMilliseconds: number;
  /** Of the new host, in the platform's currency; 0: a shared host that is there; null: its server type has no known price. */
  cost: { monthly: number | null; asOf: string; customerPays: number | null; paidBefore: number | null };
  /** What Pulumi makes first, in words; empty: the host is there. */
  makes: string[];
  calls: { service: string; calls: number; limit: string }[];
  steps: { step: MoveStep; host: string }[];
  irreversible: { when: string; what: string }[];
}

export interface PlanMoveOptions { holdLimitMilliseconds: number }

/** Steps that happen on the host that is moved to. */
const ON_TARGET: ReadonlySet<MoveStep> = new Set<MoveStep>(["provision", "schema", "reference", "replicate", "files", "dns"]);

export function planMove(fleet: Fleet, { customer, from, to, edit }: Target, facts: MoveFacts, prediction: MovePrediction, { holdLimitMilliseconds }: PlanMoveOptions): MovePlan {
  const { platform } = fleet;
  const tier = platform.tiers[edit?.tier ?? customer.tier]!;
  const machine = { serverType: customer.serverType ?? tier.serverType, volumeGigabytes: tier.volumeGigabytes };
  const down = to !== customer.slug;
  const names = [`${customer.slug}.${platform.domain}`, ...customer.hostnames];
  const foreign = names.filter((name) => ![platform.domain, ...platform.zones].some((zone) => name === zone || name.endsWith(`.${zone}`)));
  return {
    format: 1, customer: customer.slug, hostname: names[0]!, from, to, release: facts.release, edit,
    strategy: facts.strategy, tables: [...facts.tables], files: facts.files,
    rows: facts.tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: facts.tables.reduce((sum, { bytes }) => sum + bytes, 0) + facts.files.bytes,
    faults: [...facts.faults], remarks: [...facts.remarks, ...foreign.map((name) => `${name} is in none of the platform's zones: whoever runs its DNS must lead it to ${to}'s address before \`${down ? "abort" : "finish"}\``)],
    prediction, holdLimitMilliseconds,
    cost: { monthly: down ? 0 : monthlyCost(machine) ?? null, asOf: PRICES_DATE, customerPays: down ? null : tier.monthlyPrice ?? null, paidBefore: platform.tiers[customer.tier]?.monthlyPrice ?? null },
    makes: facts.targetUp ? [] : [`server ${machine.serverType}`, `volume ${machine.volumeGigabytes} GB`, "firewall", "certificate", "postgres, redis, proxy"],
    calls: callsOf(facts.targetUp, names.length - foreign.length),
    steps: [...PREPARING, ...FLIPPING, ...SETTLING].filter((step) => !down || step !== "provision").map((step) => ({ step, host: ON_TARGET.has(step) ? to : from })),
    irreversible: down ? finalDown(customer.slug, from, to) : [
      { when: "until the cutover", what: `nothing; \`deploy move abort ${customer.slug}\` leaves ${from} as it was; a new server costs until it is retired` },
      { when: "from the cutover on", what: `nothing; ${from} is kept current, \`deploy move back ${customer.slug}\` returns without a loss` },
      { when: "with `finish`", what: `rows and files of ${customer.slug} on ${from} are removed, after a backup` },
    ],
  };
}

const finalDown = (slug: string, from: string, to: string): MovePlan["irreversible"] => [
  { when: "until the cutover", what: `nothing; \`deploy move finish ${slug}\` removes what was copied to ${to}` },
  { when: "from the cutover on", what: `nothing; ${from} is kept current, \`deploy move run ${slug}\` goes there again` },
  { when: "with `abort`", what: `rows and files of ${slug} on ${from} are removed; then runbooks/retire-a-host.md` },
];

/** Estimates, by what a stack consists of: requests of one `pulumi up` that makes a host, and of one that changes nothing but DNS. */
const UP_NEW = { hetzner: 40, cloudflare: 10 };
const UP_AGAIN = { hetzner: 12, cloudflare: 6 };

function callsOf(targetUp: boolean, records: number): MovePlan["calls"] {
  const first = targetUp ? UP_AGAIN : UP_NEW;
  return [
    { service: "Hetzner", calls: first.hetzner + UP_AGAIN.hetzner, limit: "3600 an hour" },
    { service: "Cloudflare", calls: first.cloudflare + UP_AGAIN.cloudflare + 2 * records, limit: "1200 in five minutes" },
  ];
}
