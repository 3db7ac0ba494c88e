/** Prices as Hetzner's API has them now (`GET /pricing`). Reads only; one request. */
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Prices } from "./prices.ts";

export interface HetznerAccess {
  /** With its version: `https://api.hetzner.cloud/v1`. */
  endpoint: string;
  token: string;
}

const TIMEOUT = 10_000;

/** A decimal text, as the API writes amounts. */
const decimal = z.string().regex(/^\d+(\.\d+)?$/).transform(Number);
const perLocation = z.array(z.object({ location: z.string(), price_monthly: z.object({ net: decimal }) }));
const answer = z.object({
  pricing: z.object({
    currency: z.string().length(3),
    primary_ips: z.array(z.object({ type: z.string(), prices: perLocation })),
    volume: z.object({ price_per_gb_month: z.object({ net: decimal }) }),
    server_types: z.array(z.object({ name: z.string(), prices: perLocation })),
  }),
});

/** @throws UserError when the API does not answer, or with something else than prices. */
export async function hetznerPrices({ endpoint, token }: HetznerAccess, now: Date): Promise<Prices> {
  const { success, data, error } = answer.safeParse(await get(`${endpoint.replace(/\/$/, "")}/pricing`, token));
  if (!success) throw new UserError(`${endpoint}/pricing answers something else than prices: ${z.prettifyError(error).split("\n")[0]}`);
  const { currency, primary_ips, volume, server_types } = data.pricing;
  const servers = new Map(server_types.map(({ name, prices }) => [name, monthly(prices)]));
  const addresses = monthly(primary_ips.find(({ type }) => type === "ipv4")?.prices ?? []);
  return {
    source: "api", asOf: now.toISOString().slice(0, 10), currency,
    server: (type, location) => servers.get(type)?.get(location),
    address: (location) => addresses.get(location) ?? 0,
    volumeGigabyte: volume.price_per_gb_month.net,
  };
}

const monthly = (prices: z.infer<typeof perLocation>): Map<string, number> => new Map(prices.map(({ location, price_monthly: { net } }) => [location, net]));

async function get(url: string, token: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT) })
    .catch((error: Error) => { throw new UserError(`Hetzner's prices can't be asked at ${url}: ${reasonOf(error)}`); });
  if (response.status === 401 || response.status === 403) throw new UserError(`Hetzner's prices can't be asked at ${url}: the token in HCLOUD_TOKEN is not accepted`);
  if (!response.ok) throw new UserError(`Hetzner's prices can't be asked at ${url}: it answered ${response.status}`);
  return response.json().catch(() => undefined);
}

/** `fetch failed` says nothing; what failed is its cause. */
const reasonOf = ({ message, cause, name }: Error): string => name === "TimeoutError" ? `no answer within ${TIMEOUT / 1000} s` : cause instanceof Error ? cause.message : message;
