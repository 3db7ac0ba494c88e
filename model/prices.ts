/**
 * What hosts cost, as of a date: for planning without an account. The real source is Hetzner's `GET /pricing`, which
 * `deploy cost` asks (deploy/prices). EUR a month, net, in EU locations.
 */
import type { Host } from "./fleet.ts";

/** From when these prices apply to new servers and rescaled ones; older servers keep theirs. */
export const PRICES_DATE = "2026-06-15";
export const PRICES_CURRENCY = "EUR";

const SERVERS: Readonly<Record<string, number>> = {
  cx23: 5.49, cx33: 8.49, cx43: 15.99, cx53: 29.49,
  cax11: 5.99, cax21: 10.49, cax31: 20.99, cax41: 40.99,
  cpx12: 11.49, cpx22: 19.49, cpx32: 35.49, cpx42: 69.49, cpx52: 100.49, cpx62: 129.99,
  ccx13: 42.99, ccx23: 85.99, ccx33: 138.49, ccx43: 275.99, ccx53: 533.49, ccx63: 853.49,
};
/** Of a public IPv4 address, and of a volume's gigabyte. */
export const ADDRESS_PRICE = 0.5;
export const VOLUME_GIGABYTE_PRICE = 0.057;

/** EUR a month for a server of this type; undefined when the table has no price for it. */
export const serverPrice = (serverType: string): number | undefined => Object.hasOwn(SERVERS, serverType) ? SERVERS[serverType] : undefined;

/** EUR a month for a host's server, public IPv4 and data volume, to the cent; undefined when its type has no known price. */
export function monthlyCost({ serverType, volumeGigabytes }: Pick<Host, "serverType" | "volumeGigabytes">): number | undefined {
  const server = serverPrice(serverType);
  return server === undefined ? undefined : Math.round((server + ADDRESS_PRICE + volumeGigabytes * VOLUME_GIGABYTE_PRICE) * 100) / 100;
}
