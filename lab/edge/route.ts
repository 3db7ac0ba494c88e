/** Where the edge takes a host name, from the same tables that DNS answers from. */
import { recordsFor } from "../dns/resolve.ts";
import { settingOf } from "../cloudflare/settings.ts";
import type { Store } from "../cloudflare/store.ts";
import { EdgeError } from "./errors.ts";

export type SslMode = "off" | "flexible" | "full" | "strict";

export interface Route {
  host: string;
  /** Addresses of the origin, at least one. */
  origins: string[];
  ssl: SslMode;
  alwaysHttps: boolean;
  minTls: string;
  websockets: boolean;
}

/** The route of a proxied name; undefined when the edge does not answer for it. Throws EdgeError when its origin has no address. */
export function findRoute(store: Store, host: string): Route | undefined {
  const found = recordsFor(store, host);
  if (!found || found.zone.paused || !found.records.some((record) => record.proxied)) return undefined;
  const { zone } = found;
  const origins = addressesOf(store, host, 0);
  if (origins.length === 0) throw new EdgeError(530, 1016, `the record of ${host} points at a name that has no address in this lab`);
  return {
    host,
    origins,
    ssl: settingOf(store, zone.id, "ssl") as SslMode,
    alwaysHttps: settingOf(store, zone.id, "always_use_https") === "on",
    minTls: settingOf(store, zone.id, "min_tls_version") as string,
    websockets: settingOf(store, zone.id, "websockets") === "on",
  };
}

function addressesOf(store: Store, name: string, depth: number): string[] {
  const records = recordsFor(store, name)?.records ?? [];
  const addresses = records.filter((record) => record.type === "A" || record.type === "AAAA").map((record) => record.content);
  const alias = records.find((record) => record.type === "CNAME");
  if (addresses.length > 0 || !alias || depth >= 8) return addresses;
  return addressesOf(store, alias.content, depth + 1);
}
