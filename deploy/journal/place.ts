/** Where ETAGE_STATE says the journal is. */
import { isAbsolute, join } from "node:path";
import { exitCode, UserError } from "../errors.ts";
import type { PostgresPlace } from "./away.ts";

export const DEFAULT_STATE = ".etage/journal.sqlite";

export type Place = { kind: "sqlite"; path: string; shown: string } | ({ kind: "postgres"; url: string } & PostgresPlace);

/** A path, relative to the project's root, or a PostgreSQL URL. */
export function placeOf(state: string | undefined, root: string): Place {
  const place = state ?? DEFAULT_STATE;
  const protocol = /^([a-z][a-z0-9+]*):\/\//i.exec(place)?.[1]?.toLowerCase();
  if (protocol === undefined) return { kind: "sqlite", path: isAbsolute(place) ? place : join(root, place), shown: place };
  if (protocol !== "postgres" && protocol !== "postgresql") {
    throw new UserError(`ETAGE_STATE begins with ${protocol}://, and only paths of SQLite files and postgres://… are known`, { hint: "set it to one of these, or leave it out", code: exitCode.usage });
  }
  // Half a password must not be taken for a host and then be shown.
  const url = URL.canParse(place) && !/%(?![0-9a-f]{2})/i.test(place) ? new URL(place) : undefined;
  if (!url || /@/.test(`${url.pathname}${url.search}${url.hash}`)) {
    throw new UserError("ETAGE_STATE is no URL of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE", {
      hint: "in user and password, other characters than letters and digits are written as % and their code: @ is %40, / is %2F, # is %23", code: exitCode.usage,
    });
  }
  const user = decodeURIComponent(url.username) || process.env.PGUSER || process.env.USER || "";
  const host = decodeURIComponent(url.searchParams.get("host") ?? url.hostname) || process.env.PGHOST || "localhost";
  const database = decodeURIComponent(url.pathname.slice(1)) || process.env.PGDATABASE || user;
  const secrets = [url.password, decodeURIComponent(url.password), url.searchParams.get("password") ?? "", process.env.PGPASSWORD ?? ""].filter(Boolean);
  return { kind: "postgres", url: place, user, host, database, secrets, shown: `postgres://${user ? `${user}@` : ""}${host}${url.port ? `:${url.port}` : ""}/${database}` };
}
