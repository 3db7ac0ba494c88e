/** From where to where a customer is to move, by the files alone. Pure. */
import type { Fleet, Host } from "../../model/fleet.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { Customer } from "../../model/schema.ts";
import { exitCode, Refused, UserError } from "../errors.ts";

export interface Target {
  customer: Customer;
  /** Host that serves now. */
  from: string;
  /** The customer's own host, or a shared one that it goes down to. */
  to: string;
  /** What customers.yaml must say before the host can be made; null: it says so already. */
  edit: { tier: string; phase: "staged" } | null;
}

/** The customer, or a usage fault with the nearest slug. */
export function customerOf(fleet: Fleet, slug: string): Customer {
  const slugs = fleet.hosts.flatMap(({ customers }) => customers.map((one) => one.slug));
  return fleet.customer(slug)?.customer
    ?? usage(`there is no customer ${slug} in customers.yaml`, didYouMean(slug, slugs) ?? "deploy customer list shows them");
}

/**
 * `to`: `dedicated`, the slug (its own host), a shared host for who has one of its own, or absent when customers.yaml says where it belongs.
 * @throws UserError (usage) for a place that can't be moved to; Refused when the customer is there.
 */
export function targetOf(fleet: Fleet, slug: string, to: string | undefined, tier: string | undefined): Target {
  const customer = customerOf(fleet, slug);
  const { host, next } = fleet.customer(slug)!;
  if (to !== undefined && to !== "dedicated" && to !== slug) return elsewhere(fleet, customer, host, to);
  if (tier !== undefined && tier !== customer.tier && placementOf(fleet, customer.tier) === "dedicated") {
    usage(`${slug} is in the tier ${customer.tier} already`, `deploy customer set ${slug} --tier ${tier} changes it`);
  }
  if (next) return { customer, from: host.name, to: next.name, edit: null };
  if (host.name === slug) throw new Refused(`${slug} is on its own host already`, `deploy move status ${slug}`);
  if (to === undefined) usage(`customers.yaml keeps ${slug} on ${host.name}`, `deploy move ${slug} --to dedicated gives it a host of its own`);
  return { customer, from: host.name, to: slug, edit: { tier: dedicatedTier(fleet, tier), phase: "staged" } };
}

const placementOf = ({ platform }: Fleet, tier: string): string | undefined => platform.tiers[tier]?.placement;

function dedicatedTier(fleet: Fleet, wanted: string | undefined): string {
  const tiers = Object.keys(fleet.platform.tiers).filter((name) => placementOf(fleet, name) === "dedicated");
  if (wanted !== undefined) return tiers.includes(wanted) ? wanted : usage(`${wanted} is no dedicated tier of hosting.yaml`, `those are: ${tiers.join(", ") || "none"}`);
  const [only, ...more] = tiers;
  if (only === undefined) return usage("hosting.yaml has no tier with placement dedicated", "docs/configuration.md: tiers");
  return more.length === 0 ? only : usage(`hosting.yaml has several dedicated tiers: ${tiers.join(", ")}`, "--tier says which");
}

function elsewhere(fleet: Fleet, customer: Customer, host: Host, to: string): Target {
  const { slug } = customer;
  const there = fleet.host(to);
  if (!there) usage(`there is no host ${to} in customers.yaml`, `--to dedicated gives ${slug} a host of its own`);
  if (to === host.name) throw new Refused(`${slug} is on ${to} already`, `deploy move status ${slug}`);
  if (there.kind === "shared" && host.name === slug) return { customer, from: slug, to, edit: null };
  throw new Refused(`${to} is not a host for ${slug}: a customer moves between a shared host and a host of its own`, `--to dedicated`);
}

function usage(message: string, hint: string): never {
  throw new UserError(message, { hint, code: exitCode.usage });
}
