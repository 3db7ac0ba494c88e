/** Customers as the fleet has them: where they are, what they are called, what they may use and on whose word. Pure. */
import type { CustomerPlace, Fleet } from "../../model/fleet.ts";
import { allHostnames } from "../../model/fleet.ts";
import type { Limits } from "../../model/schema.ts";

export interface CustomerView {
  slug: string;
  name: string;
  email: string | null;
  tier: string;
  placement: "shared" | "dedicated";
  status: "active" | "suspended" | "leaving";
  /** The day on which its data goes; null: never. */
  eraseOn: string | null;
  /** The host that serves it now. */
  host: string;
  /** A dedicated customer that is still staged: the host that will. */
  nextHost: string | null;
  /** All of them; the first is SLUG.DOMAIN. */
  hostnames: string[];
  limits: Record<string, { value: number; from: "tier" | "own"; tierValue: number | null }>;
  labels: Record<string, string>;
  /** Of the machine that serves it. */
  serverType: string;
  location: string;
}

export function viewOf({ platform }: Fleet, { customer, host, next }: CustomerPlace): CustomerView {
  const tier = platform.tiers[customer.tier]!;
  return {
    slug: customer.slug, name: customer.name, email: customer.email ?? null, tier: customer.tier, placement: tier.placement, status: customer.status, eraseOn: customer.eraseOn ?? null,
    host: host.name, nextHost: next?.name ?? null, hostnames: allHostnames(platform, customer), limits: limitsOf(tier.limits, customer.limits ?? {}), labels: customer.labels,
    serverType: host.serverType, location: host.location,
  };
}

/** In the order of customers.yaml's hosts: shared ones first; each customer once. */
export function allViews(fleet: Fleet): CustomerView[] {
  const slugs = new Set(fleet.hosts.flatMap(({ customers }) => customers.map(({ slug }) => slug)));
  return [...slugs].map((slug) => viewOf(fleet, fleet.customer(slug)!));
}

function limitsOf(tier: Limits, own: Limits): CustomerView["limits"] {
  const names = [...new Set([...Object.keys(tier), ...Object.keys(own)])] as (keyof Limits)[];
  return Object.fromEntries(names.map((name) => [name, {
    value: (own[name] ?? tier[name])!, from: own[name] === undefined ? "tier" as const : "own" as const, tierValue: tier[name] ?? null,
  }]));
}
