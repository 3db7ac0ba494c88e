/** What there is of a customer before its data goes. Reads only. */
import { readSource } from "../../model/read.ts";
import type { Customer } from "../../model/schema.ts";
import type { Context } from "../context.ts";
import { planEdit } from "../customers/plan.ts";
import { UserError } from "../errors.ts";
import { countFiles, parseFileCount } from "../host/file-count.ts";
import { ident, literal, qualified } from "../move/data/quote.ts";
import { fullName, type Tenancy } from "../move/data/tenancy.ts";
import { sql } from "../move/data/psql.ts";
import { describedBy } from "../move/description.ts";
import { type HostNow, lookNow } from "../move/host-now.ts";
import { sideThere } from "../move/side.ts";
import { mustRun } from "../remote/runner.ts";
import { stackNames } from "../stack/names.ts";
import { earlierOf, type Earlier } from "./earlier.ts";

export interface Counted {
  /** Rows by table; tables without any are left out. */
  rows: Record<string, number>;
  files: { count: number; bytes: number };
}

export interface ErasureFacts {
  customer: Customer;
  host: string;
  dedicated: boolean;
  /** Null: its host is not there any more. */
  now: HostNow | null;
  counted: Counted;
  /** Folders of its files, below the uploads. */
  folders: string[];
  tenancy: Tenancy | null;
  /** It has a stack of its own. */
  stack: boolean;
  /** What would be wrong with the files without it: a ring that names it, for one; null: nothing. */
  unsound: string | null;
  /** What erasures that did not come to their end did. */
  earlier: Earlier;
}

const LONG = 3600_000;

/** @throws UserError when its host can't be reached or is not well. */
export async function gatherErasure(context: Context, slug: string): Promise<ErasureFacts> {
  const { customer, host } = context.fleet.customer(slug)!;
  const stacks = await stackNames(context.root);
  const { faults } = planEdit(readSource(context.root, "hosting.yaml"), readSource(context.root, "customers.yaml"), { do: "remove", slug });
  const base = { unsound: faults[0] ? `${faults[0].path}: ${faults[0].message}` : null, customer, host: host.name, dedicated: host.kind === "dedicated", stack: stacks.has(slug), earlier: await earlierOf(context.journal, slug) };
  if (!stacks.has(host.name) || (base.dedicated && base.earlier.destroying)) return { ...base, now: null, counted: { rows: {}, files: { count: 0, bytes: 0 } }, folders: [], tenancy: null };
  const now = await lookNow(context, host.name);
  const { tenancy, folders } = await describedBy(await context.connect(host.name), now.release, slug);
  return { ...base, now, tenancy, folders, counted: await countAt(context, slug, now, tenancy, folders) };
}

/** Rows and files of the customer, as they are at this moment. */
export async function countAt(context: Pick<Context, "connect" | "fleet">, slug: string, now: Pick<HostNow, "host" | "outputs">, tenancy: Tenancy, folders: readonly string[]): Promise<Counted> {
  const side = await sideThere(context, now, slug);
  const statement = context.fleet.platform.app.databasePerCustomer ? COUNT_ALL : tenancy.rows.length > 0 ? countSql(tenancy) : null;
  const [said, files] = await Promise.all([
    statement === null || !side.there ? "{}" : sql(side, "counting rows", statement, LONG),
    mustRun(side.runner, "counting files", countFiles(now.outputs.dataPath, folders), { timeout: LONG }),
  ]);
  const rows = JSON.parse(said.trim() || "{}") as Record<string, number>;
  return { rows: Object.fromEntries(Object.entries(rows).filter(([, amount]) => amount > 0)), files: parseFileCount(files) };
}

/** The same of a database that is the customer's alone. */
const COUNT_ALL = `create function pg_temp.amount(of_table regclass) returns bigint language plpgsql as $$ declare amount bigint; begin execute format('select count(*) from %s', of_table) into amount; return amount; end $$;
select coalesce(json_object_agg(n.nspname || '.' || c.relname, pg_temp.amount(c.oid)), '{}') from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema$)';
`;

/** One value: an object of table and rows. Pure. */
export function countSql({ key, rows }: Pick<Tenancy, "key" | "rows">): string {
  const parts = rows.map(({ table, column }) => {
    const [schema, name] = fullName(table).split(".") as [string, string];
    return `${literal(`${schema}.${name}`)}, (select count(*) from ${qualified(schema, name)} where ${ident(column)} = ${literal(String(key))})`;
  });
  return `select json_build_object(${parts.join(", ")});\n`;
}

/** @throws UserError (usage) for a slug that customers.yaml does not have. */
export function mustBeKnown({ fleet }: Pick<Context, "fleet">, slug: string): void {
  if (!fleet.customer(slug)) throw new UserError(`there is no customer ${slug} in customers.yaml`, { hint: "deploy customer list shows them; whose data was erased has left the file: see the certificate", code: 2 });
}
