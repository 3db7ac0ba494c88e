/** What servers, addresses and volumes cost a month, wherever that was read: the shape that all reckoning works with. Pure. */
import { ADDRESS_PRICE, PRICES_CURRENCY, PRICES_DATE, serverPrice, VOLUME_GIGABYTE_PRICE } from "../../model/prices.ts";

export interface Prices {
  /** `api`: asked just now; `table`: those of model/prices.ts. */
  source: "api" | "table";
  /** Of which day. */
  asOf: string;
  /** ISO 4217; amounts are net. */
  currency: string;
  /** Undefined: not sold there, or not known. */
  server(type: string, location: string): number | undefined;
  /** Of a public IPv4 address. */
  address(location: string): number;
  /** Of a volume's gigabyte. */
  volumeGigabyte: number;
}

export const tablePrices: Prices = {
  source: "table", asOf: PRICES_DATE, currency: PRICES_CURRENCY,
  server: serverPrice, address: () => ADDRESS_PRICE, volumeGigabyte: VOLUME_GIGABYTE_PRICE,
};
