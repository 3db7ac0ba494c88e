/** Before any row moves: what both databases need, and that they agree on what a row is. */
import { UserError } from "../../errors.ts";
import { count } from "../../report/units.ts";
import { countOf } from "../data/finish.ts";
import { bringReference, compareSchemas, copySchema, look, prepareIdentities } from "../data/prepare.ts";
import { type Side, sql } from "../data/psql.ts";
import { ident } from "../data/quote.ts";
import { guardBoth, openBoth } from "../data/replicate.ts";
import { awaitWriters, type WriterOptions } from "../data/writers.ts";
import { databaseOf, type End, type Hands, hostOf, otherEnd } from "../hands.ts";
import { sideThere } from "../side.ts";
import { standingOf } from "../standing.ts";

const NAMED = 8;
/** A host that was made for the customer has its tenant and what gates left behind; more than that is somebody's work. */
const MOST_ROWS = 200;

/** Replica identities, the same schema on both sides, logins of each host for the other, the guard on the customer's rows. `left`: the end that has them. */
export async function prepareSchema(hands: Hands, left: End, { tell, goOn }: WriterOptions): Promise<string> {
  const { slug, data, gathered: { description: { tenancy }, facts: { release } } } = hands;
  const [old, next] = await Promise.all([databaseOf(hands, left), databaseOf(hands, otherEnd(left))]);
  if (tenancy.databasePerCustomer) await makeDatabase(hands, old, next, otherEnd(left), tell);
  await mustBeFree(hands, otherEnd(left));
  for (const side of [old, next]) {
    tell(`replica identities on ${side.runner.host}`);
    await prepareIdentities(side, data, await look(side, tenancy));
  }
  const differences = await compareSchemas(old, next);
  if (differences.length > 0) {
    const shown = differences.slice(0, NAMED).map((one) => `  ${one}`);
    throw new UserError(`the databases' schemas differ\n${[...shown, ...(differences.length > NAMED ? [`  and ${differences.length - NAMED} more`] : [])].join("\n")}`, {
      hint: `both hosts run ${release}, so somebody changed one of them by hand: bring them to the same schema`,
    });
  }
  // A trigger waits for whoever writes that table, and new writers would wait behind it.
  await awaitWriters(old, { tell, goOn });
  tell("guard on the customer's rows");
  await openBoth(old, next, data);
  // On the shared host as after a move: it was left, and what is copied there now is what `back` goes to.
  await guardBoth(old, next, data, left === "source" ? "closed" : "left");
  return `${count(data.tables.length, "table")} of ${slug} guarded`;
}

/** The customer's own database at the end that is gone to: made when it is not there, its schema copied when it has none. */
async function makeDatabase(hands: Hands, old: Side, next: Side, gone: End, tell: WriterOptions["tell"]): Promise<void> {
  const { context, slug, gathered: { description: { tenancy } } } = hands;
  const found = await sideThere(context, hostOf(hands, gone), slug);
  if (!found.there) {
    tell(`a database on ${next.runner.host}`);
    await sql(found, "making the customer's database", `create database ${ident(next.database.name)};\n`);
  }
  if ((await look(next, tenancy)).tables.length === 0) await copySchema(old, next);
}

/** Rows of the customer at the end that is gone to are removed before the first copy: they must not be what somebody works with. */
async function mustBeFree(hands: Hands, gone: End): Promise<void> {
  const { from, to } = await standingOf(hands.context, hands.slug);
  if ((gone === "source" ? from : to).fence !== null) return;
  const rows = Object.entries(await countOf(await databaseOf(hands, gone), hands.data));
  const total = rows.reduce((sum, [, amount]) => sum + amount, 0);
  if (total <= MOST_ROWS) return;
  const { name } = hostOf(hands, gone).host;
  throw new UserError(`${name} has ${count(total, "row")} of ${hands.slug} already: ${rows.filter(([, amount]) => amount > 0).map(([table, amount]) => `${amount} in ${table}`).join(", ")}`, {
    hint: `if the customer works there, customers.yaml should say phase: live; if not, remove them first (the app's command \`erase\`)`,
  });
}

/** Tables that all customers share. */
export async function shareReference(hands: Hands, left: End): Promise<string> {
  const [old, next] = await Promise.all([databaseOf(hands, left), databaseOf(hands, otherEnd(left))]);
  const brought = await bringReference(old, next, hands.data);
  return brought.length === 0 ? "none" : brought.map(({ table, rows }) => `${table.replace(/^public\./, "")} ${rows}`).join(", ");
}
