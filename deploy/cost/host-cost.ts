/** What one host costs a month. Pure. */
import type { Host } from "../../model/fleet.ts";
import type { Prices } from "../prices/prices.ts";

export type Machine = Pick<Host, "serverType" | "location" | "volumeGigabytes">;

/** A month, in the prices' currency, net. */
export interface HostCost {
  /** Null: no price is known. */
  server: number | null;
  address: number;
  volume: number;
  backup: number;
  /** All of it; null when the server's price is not known. */
  monthly: number | null;
}

/** `backup`: what one host's backups cost, as hosting.yaml says. */
export function hostCost(prices: Prices, { serverType, location, volumeGigabytes }: Machine, backup: number): HostCost {
  const server = prices.server(serverType, location) ?? null;
  const [address, volume] = [prices.address(location), volumeGigabytes * prices.volumeGigabyte];
  return { server, address, volume, backup, monthly: server === null ? null : server + address + volume + backup };
}
