/** Prices of now where there is a token for the API, else those of the table; says which, and why. */
import type { Context } from "../context.ts";
import { messageOf, UserError } from "../errors.ts";
import { hetznerPrices } from "./hetzner.ts";
import { type Prices, tablePrices } from "./prices.ts";

/** `why`: what kept it from asking the API; null when it did, or was told not to. */
export async function readPrices({ environment: { hetzner }, now }: Pick<Context, "environment" | "now">, { ask }: { ask: boolean }): Promise<{ prices: Prices; why: string | null }> {
  if (!ask) return { prices: tablePrices, why: null };
  if (!hetzner) return { prices: tablePrices, why: "HCLOUD_TOKEN is not set" };
  try {
    return { prices: await hetznerPrices(hetzner, now()), why: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { prices: tablePrices, why: messageOf(error) };
  }
}

/** `prices of 2026-11-22 by Hetzner's API, net` */
export const pricesWords = ({ source, asOf }: Pick<Prices, "source" | "asOf">, why: string | null): string =>
  `prices of ${asOf} by ${source === "api" ? "Hetzner's API" : "the built-in table"}, net${why === null ? "" : ` (${why})`}`;
