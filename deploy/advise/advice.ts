/** Who should move up or down, what that costs and brings, and what to type. Pure. */
import { type CustomerPlace, FIRST_SHARED_HOST, type Fleet, fleet as fleetOf } from "../../model/fleet.ts";
import type { Customer } from "../../model/schema.ts";
import { hostWithRoom } from "../capacity/admission.ts";
import { hostCost } from "../cost/host-cost.ts";
import { money } from "../cost/money.ts";
import { type CostReport, costReport } from "../cost/report.ts";
import type { Prices } from "../prices/prices.ts";
import { nearWords, reasonsDown, reasonsUp } from "./reasons.ts";
import { fitsInto, nearness, type Use } from "./use.ts";

/** A month, in the platform's currency; null: not known. */
interface Change { before: number | null; after: number | null }

export interface Advice {
  customer: string;
  /** `limit`: it may stay, but comes up against what its tier allows. */
  direction: "up" | "down" | "limit";
  tier: string;
  /** The tier it should be in; the same for `limit`. */
  to: string;
  reasons: string[];
  /** What it costs, what it pays, and what all customers together leave. */
  cost: Change;
  pays: Change;
  margin: Change;
  command: string;
  remarks: string[];
}

/** In the order of hosts: those who should go up, down, and those who are near a limit. `uses`: by slug. */
export function adviceFor(fleet: Fleet, uses: ReadonlyMap<string, Use>, prices: Prices): Advice[] {
  const now = costReport(fleet, prices);
  const slugs = [...new Set(fleet.hosts.flatMap(({ customers }) => customers.map(({ slug }) => slug)))];
  const advices = slugs.flatMap((slug) => {
    const [place, use] = [fleet.customer(slug)!, uses.get(slug)];
    // Who is suspended or leaves uses nothing; who is staged is on its way.
    if (!use || place.customer.status !== "active" || place.next) return [];
    const advice = judge(fleet, now, place, use, prices);
    return advice ? [advice] : [];
  });
  const order = ["up", "down", "limit"];
  return advices.sort((a, b) => order.indexOf(a.direction) - order.indexOf(b.direction));
}

function judge(fleet: Fleet, now: CostReport, { customer, host }: CustomerPlace, use: Use, prices: Prices): Advice | undefined {
  const { platform } = fleet;
  const { slug, tier, labels } = customer;
  const limits = { ...platform.tiers[tier]!.limits, ...customer.limits };
  if (host.kind === "shared") {
    const [reasons, to] = [reasonsUp(platform.advise, use, labels), tierFor(fleet, "dedicated", use, prices)];
    if (reasons.length > 0 && to) return { ...changes(fleet, now, customer, { tier: to, phase: "live" }, prices), direction: "up", reasons, command: `deploy move ${slug} --to dedicated${several(fleet, "dedicated") ? ` --tier ${to}` : ""}`, remarks: [...early(fleet, now), ...tight(fleet, to, use)] };
  } else {
    const [reasons, to] = [reasonsDown(platform.advise, use, labels), tierFor(fleet, "shared", use, prices)];
    if (reasons.length > 0 && to && fitsInto(use, platform.tiers[to]!.limits)) {
      const home = hostWithRoom(fleet, to, {});
      return {
        ...changes(fleet, now, customer, { tier: to, phase: "staged", limits: undefined, ...(home ? { host: home } : {}) }, prices), direction: "down", reasons,
        command: home === undefined || home === (customer.host ?? FIRST_SHARED_HOST) ? `deploy move back ${slug}` : `deploy move ${slug} --to ${home}`,
        remarks: home ? [] : ["no shared host has room for it (deploy capacity)"],
      };
    }
  }
  const near = nearness(use, limits).filter(({ percent }) => percent >= platform.advise.limitPercent);
  if (near.length === 0) return undefined;
  return { ...changes(fleet, now, customer, {}, prices), direction: "limit", reasons: near.map(nearWords), command: `deploy customer set ${slug} ${near.map(({ name, used }) => `--limit ${name}=${roomy(used)}`).join(" ")}`, remarks: [] };
}

const several = ({ platform: { tiers } }: Fleet, placement: string): boolean => Object.values(tiers).filter((tier) => tier.placement === placement).length > 1;

/** The cheapest tier of that placement whose limits hold the use; else the dearest, which allows most. */
function tierFor({ platform }: Fleet, placement: string, use: Use, prices: Prices): string | undefined {
  const { tiers, location, cost } = platform;
  const priced = Object.entries(tiers).filter(([, tier]) => tier.placement === placement)
    .map(([name, tier]) => ({ name, tier, monthly: hostCost(prices, { ...tier, location: tier.location ?? location }, cost.backup).monthly ?? Infinity }))
    .sort((a, b) => (a.tier.monthlyPrice ?? a.monthly) - (b.tier.monthlyPrice ?? b.monthly));
  return (priced.find(({ tier }) => fitsInto(use, tier.limits)) ?? priced.at(-1))?.name;
}

/** Costs with the customer as it is, and as it would be: the same reckoning twice. */
function changes(fleet: Fleet, before: CostReport, customer: Customer, change: Partial<Customer> | Record<string, undefined>, prices: Prices): Pick<Advice, "customer" | "tier" | "to" | "cost" | "pays" | "margin"> {
  const { slug } = customer;
  const changed = { ...customer, ...change } as Customer;
  const row = before.customers.find((one) => one.slug === slug)!;
  const rest = { customer: slug, tier: customer.tier, to: changed.tier };
  if (Object.keys(change).length === 0) return { ...rest, cost: same(row.cost), pays: same(row.pays), margin: same(before.total.margin) };
  const slugs = [...new Set(fleet.hosts.flatMap(({ customers }) => customers.map((one) => one.slug)))];
  const after = costReport(fleetOf(fleet.platform, slugs.map((one) => one === slug ? changed : fleet.customer(one)!.customer)), prices);
  const is = after.customers.find((one) => one.slug === slug)!;
  return { ...rest, cost: { before: row.cost, after: is.cost }, pays: { before: row.pays, after: is.pays }, margin: { before: before.total.margin, after: after.total.margin } };
}

const same = (value: number | null): Change => ({ before: value, after: value });

/** Hosts of one's own are work, whatever they bring. */
function early({ platform: { advise: { revenue } } }: Fleet, { total: { pays }, currency }: CostReport): string[] {
  return pays === null || pays >= revenue ? [] : [`all customers together pay ${money(pays, currency)}; hosts of their own are worth the work from ${money(revenue, currency)} on`];
}

const tight = ({ platform }: Fleet, tier: string, use: Use): string[] => {
  const limits = nearness(use, platform.tiers[tier]!.limits).filter(({ used, limit }) => used > limit);
  return limits.length === 0 ? [] : [`beyond what ${tier} allows: ${limits.map(nearWords).join(", ")}`];
};

/** Half as much again, in two digits. */
const roomy = (used: number): number => Math.ceil(Number((used * 1.5).toPrecision(2)));
