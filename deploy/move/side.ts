/** A customer's database on a host, as a move takes hold of it. */
import { customerDatabase } from "../../model/names.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { Context } from "../context.ts";
import { ask, CONTAINER, isThere, type Side } from "./data/psql.ts";

interface Place { host: { name: string }; outputs: Pick<Outputs, "database"> }
type Reach = Pick<Context, "connect" | "fleet">;

/** The database that has the customer's rows; with `app.databasePerCustomer` it may not be there. */
export const sideOf = async (context: Reach, { host, outputs }: Place, slug: string): Promise<Side> =>
  ({ runner: await context.connect(host.name), database: customerDatabase(context.fleet.platform, outputs, slug), container: CONTAINER });

/** The host's own database, which is always there: also for what lies beside databases, such as logins. */
export const hostSide = async (context: Reach, { host, outputs }: Place): Promise<Side> =>
  ({ runner: await context.connect(host.name), database: outputs.database, container: CONTAINER });

/** The customer's database; where it is not `there`, the host's own in its place. */
export async function sideThere(context: Reach, now: Place, slug: string): Promise<Side & { there: boolean }> {
  const [side, host] = await Promise.all([sideOf(context, now, slug), hostSide(context, now)]);
  const there = side.database.name === host.database.name || await ask<boolean>(host, "looking for the customer's database", isThere(side.database));
  return { ...there ? side : host, there };
}
