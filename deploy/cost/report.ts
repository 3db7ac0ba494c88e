/**
 * What a platform costs and earns in a month, by customer, tier and host. Pure.
 *
 * A host's cost is its customers', in equal parts: a dedicated customer bears all of its own, also while it is staged and
 * still shares another. Common cost is shared by all customers alike. So all customers together bear everything, but for
 * hosts on which nobody lives.
 */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Prices } from "../prices/prices.ts";
import { type BreakEven, breakEvens, shareOf } from "./break-even.ts";
import { type HostCost, hostCost } from "./host-cost.ts";

export interface HostRow extends HostCost {
  host: string;
  kind: Host["kind"];
  tier: string;
  serverType: string;
  location: string;
  customers: number;
  /** What one of its customers bears; null without customers or price. */
  each: number | null;
}

export interface CustomerRow {
  slug: string;
  tier: string;
  status: string;
  /** Those that it bears: the one that serves it, and its own while that is being prepared. */
  hosts: string[];
  /** Its part of them; null: a price is not known. */
  hosting: number | null;
  common: number;
  cost: number | null;
  /** Nothing while it is suspended or leaving; null: its tier has no price. */
  pays: number | null;
  margin: number | null;
}

export interface TierRow { tier: string; placement: string; customers: number; hosts: number; cost: number; pays: number | null; margin: number | null; /** Cost of one customer. */ each: number | null }

export interface CostReport {
  currency: string;
  hosts: HostRow[];
  customers: CustomerRow[];
  tiers: TierRow[];
  common: { name: string; monthly: number }[];
  /** `unpriced`: hosts that are not in it, since no price of them is known. */
  total: { servers: number; backup: number; common: number; cost: number; pays: number | null; margin: number | null; unpriced: string[] };
  breakEven: BreakEven[];
}

export function costReport(fleet: Fleet, prices: Prices): CostReport {
  const { platform } = fleet;
  // What customers pay in one currency says nothing about cost in another.
  const paid = platform.currency === prices.currency;
  const hosts = fleet.hosts.map((host): HostRow => {
    const { name, kind, tier, serverType, location, customers: { length } } = host;
    const cost = hostCost(prices, host, platform.cost.backup);
    return { host: name, kind, tier, serverType, location, customers: length, ...cost, each: cost.monthly === null || length === 0 ? null : shareOf(cost.monthly, length) };
  });
  const common = platform.cost.common.map(({ name, price, every }) => ({ name, monthly: every === "year" ? price / 12 : price }));
  const customers = customerRows(fleet, hosts, sum(common.map(({ monthly }) => monthly)), paid);
  const tiers = Object.entries(platform.tiers).map(([tier, { placement }]) => tierRow(tier, placement, customers, hosts));
  const known = hosts.filter(({ monthly }) => monthly !== null);
  const servers = sum(known.map(({ monthly, backup }) => monthly! - backup));
  const backup = sum(known.map((host) => host.backup));
  const shared = sum(common.map(({ monthly }) => monthly));
  const cost = servers + backup + shared;
  const pays = sumKnown(customers.map((customer) => customer.pays));
  return {
    currency: prices.currency, hosts, customers, tiers, common,
    total: { servers, backup, common: shared, cost, pays, margin: pays === null ? null : pays - cost, unpriced: hosts.filter(({ monthly }) => monthly === null).map(({ host }) => host) },
    breakEven: breakEvens(platform, prices, paid),
  };
}

function customerRows({ platform, hosts, customer }: Fleet, rows: readonly HostRow[], common: number, paid: boolean): CustomerRow[] {
  const row = new Map(rows.map((one) => [one.host, one]));
  const slugs = [...new Set(hosts.flatMap(({ customers }) => customers.map(({ slug }) => slug)))];
  return slugs.map((slug) => {
    const { customer: { tier, status }, host, next } = customer(slug)!;
    const names = [host.name, ...(next ? [next.name] : [])];
    const parts = names.map((name) => row.get(name)!.each);
    const hosting = parts.some((part) => part === null) ? null : sum(parts as number[]);
    const share = common / slugs.length;
    const cost = hosting === null ? null : hosting + share;
    const price = platform.tiers[tier]?.monthlyPrice;
    const pays = !paid || price === undefined ? null : status === "active" ? price : 0;
    return { slug, tier, status, hosts: names, hosting, common: share, cost, pays, margin: cost === null || pays === null ? null : pays - cost };
  });
}

function tierRow(tier: string, placement: string, customers: readonly CustomerRow[], hosts: readonly HostRow[]): TierRow {
  const own = customers.filter((customer) => customer.tier === tier);
  const empty = hosts.filter((host) => host.tier === tier && host.customers === 0);
  const cost = sum(own.map((customer) => customer.cost ?? 0)) + sum(empty.map(({ monthly }) => monthly ?? 0));
  const pays = sumKnown(own.map((customer) => customer.pays));
  return { tier, placement, customers: own.length, hosts: hosts.filter((host) => host.tier === tier).length, cost, pays, margin: pays === null ? null : pays - cost, each: own.length === 0 ? null : cost / own.length };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Of those that are known; null when none is. */
const sumKnown = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known);
};
