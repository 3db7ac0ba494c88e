/** Before any row moves: what both databases need, and that they agree on what a row is. */
import { UserError } from "../../errors.ts";
import { count } from "../../report/units.ts";
import { countOf } from "../data/finish.ts";
import { bringReference, compareSchemas, look, prepareIdentities } from "../data/prepare.ts";
import { guardBoth, openBoth } from "../data/replicate.ts";
import { awaitWriters, type WriterOptions } from "../data/writers.ts";
import { databaseOf, type Hands, hostOf } from "../hands.ts";
import { standingOf } from "../standing.ts";

const NAMED = 8;
/** A host that was made for the customer has its tenant and what gates left behind; more than that is somebody's work. */
const MOST_ROWS = 200;

/** Replica identities, the same schema on both sides, logins of each host for the other, the guard on the customer's rows. */
export async function prepareSchema(hands: Hands, { tell, goOn }: WriterOptions): Promise<string> {
  const { slug, data, gathered: { description: { tenancy }, facts: { release } } } = hands;
  const [source, target] = await Promise.all([databaseOf(hands, "source"), databaseOf(hands, "target")]);
  await mustBeFree(hands);
  for (const side of [source, target]) {
    tell(`replica identities on ${side.runner.host}`);
    await prepareIdentities(side, data, await look(side, tenancy));
  }
  const differences = await compareSchemas(source, target);
  if (differences.length > 0) {
    const shown = differences.slice(0, NAMED).map((one) => `  ${one}`);
    throw new UserError(`the databases' schemas differ\n${[...shown, ...(differences.length > NAMED ? [`  and ${differences.length - NAMED} more`] : [])].join("\n")}`, {
      hint: `both hosts run ${release}, so somebody changed one of them by hand: bring them to the same schema`,
    });
  }
  // A trigger waits for whoever writes that table, and new writers would wait behind it.
  await awaitWriters(source, { tell, goOn });
  tell("guard on the customer's rows");
  await openBoth(source, target, data);
  await guardBoth(source, target, data);
  return `${count(data.tables.length, "table")} of ${slug} guarded`;
}

/** Rows of the customer on the target are removed before the first copy: they must not be what somebody works with. */
async function mustBeFree(hands: Hands): Promise<void> {
  const { to } = await standingOf(hands.context, hands.slug);
  if (to.fence !== null) return;
  const rows = Object.entries(await countOf(await databaseOf(hands, "target"), hands.data));
  const total = rows.reduce((sum, [, amount]) => sum + amount, 0);
  if (total <= MOST_ROWS) return;
  const { name } = hostOf(hands, "target").host;
  throw new UserError(`${name} has ${count(total, "row")} of ${hands.slug} already: ${rows.filter(([, amount]) => amount > 0).map(([table, amount]) => `${amount} in ${table}`).join(", ")}`, {
    hint: `if the customer works there, customers.yaml should say phase: live; if not, remove them first (the app's command \`erase\`)`,
  });
}

/** Tables that all customers share. */
export async function shareReference(hands: Hands): Promise<string> {
  const [source, target] = await Promise.all([databaseOf(hands, "source"), databaseOf(hands, "target")]);
  const brought = await bringReference(source, target, hands.data);
  return brought.length === 0 ? "none" : brought.map(({ table, rows }) => `${table.replace(/^public\./, "")} ${rows}`).join(", ");
}
