/** Both hosts of a move, as its steps take hold of them. */
import { customerDatabase } from "../../model/names.ts";
import type { Context } from "../context.ts";
import { type Address, connectionString } from "./data/access.ts";
import type { DataMove } from "./data/tenancy.ts";
import type { Side } from "./data/psql.ts";
import type { Gathered } from "./facts.ts";
import type { HostNow } from "./host-now.ts";
import type { Link, LinkedHost } from "./link.ts";
import { sideOf } from "./side.ts";

export interface Hands {
  context: Context;
  slug: string;
  data: DataMove;
  /** Below the uploads folder. */
  folders: readonly string[];
  gathered: Gathered & { target: HostNow };
  link: Link;
}

/** `source` is the shared host and `target` the customer's own, whichever way the customer goes. */
export type End = "source" | "target";
export const otherEnd = (end: End): End => (end === "source" ? "target" : "source");

export const hostOf = (hands: Pick<Hands, "gathered">, end: End): HostNow => hands.gathered[end];

/** A living connection to one of the two databases. */
export const databaseOf = (hands: Pick<Hands, "gathered" | "context" | "slug">, end: End): Promise<Side> => sideOf(hands.context, hostOf(hands, end), hands.slug);

export async function linkedOf({ context, gathered }: Pick<Hands, "gathered" | "context">, end: End): Promise<LinkedHost> {
  const { host, outputs } = gathered[end];
  return { runner: await context.connect(host.name), outputs };
}

/** How the container of one end reaches the other end's PostgreSQL. */
export function addressFrom({ link }: Pick<Hands, "link">, from: End): Address {
  const { gateway, databasePort } = link[from];
  return { host: gateway, port: databasePort };
}

/** The same for libpq, with the other end's database. */
export const conninfo = (hands: Pick<Hands, "context" | "slug" | "gathered" | "link">, from: End): string =>
  connectionString(hands.slug, addressFrom(hands, from), customerDatabase(hands.context.fleet.platform, hostOf(hands, otherEnd(from)).outputs, hands.slug).name);
