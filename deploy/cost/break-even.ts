/** From how many customers on, and from which price on, a tier is worth it. Pure. */
import type { Fleet } from "../../model/fleet.ts";
import type { Prices } from "../prices/prices.ts";
import { hostCost } from "./host-cost.ts";

export interface BreakEven {
  shared: string;
  dedicated: string;
  /** A month of a shared host, of a dedicated one; backup in it, common cost not. */
  sharedHost: number;
  dedicatedHost: number;
  /** From so many customers on, one on the shared host costs no more than one on a host of its own. */
  cheaperFrom: number;
  /** So many customers pay for the shared host; null: the tier has no price. */
  paidBy: number | null;
  /** What is left of a dedicated customer's price when its host is paid; null: the tier has no price. */
  dedicatedMargin: number | null;
  /** What one customer's move to a host of its own brings a month: the shared host stays, with what it costs. */
  gain: number | null;
}

/** What one of `customers` on a shared host costs: the host's cost, in equal parts. */
export const shareOf = (host: number, customers: number): number => host / customers;

/** Every shared tier with every dedicated one whose prices are known. `paid`: whether customers pay in the prices' currency. */
export function breakEvens({ tiers, location, cost }: Fleet["platform"], prices: Prices, paid: boolean): BreakEven[] {
  const priced = Object.entries(tiers).flatMap(([name, tier]) => {
    const { monthly } = hostCost(prices, { ...tier, location: tier.location ?? location }, cost.backup);
    return monthly === null || monthly === 0 ? [] : [{ name, placement: tier.placement, host: monthly, price: paid ? tier.monthlyPrice ?? null : null }];
  });
  const of = (placement: string) => priced.filter((tier) => tier.placement === placement);
  return of("shared").flatMap((shared) => of("dedicated").map((dedicated): BreakEven => ({
    shared: shared.name, dedicated: dedicated.name, sharedHost: shared.host, dedicatedHost: dedicated.host,
    cheaperFrom: wholes(shared.host / dedicated.host),
    paidBy: shared.price ? wholes(shared.host / shared.price) : null,
    dedicatedMargin: dedicated.price === null ? null : dedicated.price - dedicated.host,
    gain: dedicated.price === null || shared.price === null ? null : dedicated.price - shared.price - dedicated.host,
  })));
}

/** Up to whole ones, and not for a rounding error. */
const wholes = (value: number): number => Math.max(1, Math.ceil(Math.round(value * 1e6) / 1e6));
