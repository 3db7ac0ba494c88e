/**
 * Nobody comes back from `finish`; a drill has to. The customer's rows go from its own host to the shared one, past
 * everything that is tried here, and files and stack are as before a move.
 */
import { TENANTS } from "../../../deploy/host/paths.ts";
import type { MoveArena } from "./arena.ts";
import { query } from "./look.ts";

const tickets = async ({ machines, slug }: Pick<MoveArena, "machines" | "slug">, host: string): Promise<number> =>
  Number(await query(machines, host, `select count(*) from tickets t join organisations o on o.id = t.organisation_id where o.slug = '${slug}'`));

/** Whether nothing of a move is on either host, and the customer's own has all that it has. */
export async function isFinished(arena: MoveArena): Promise<boolean> {
  const [shared, own] = arena.hosts;
  const moves = await query(arena.machines, own, "select count(*) from pg_namespace where nspname like 'etage\\_move%'");
  return Number(moves) === 0 && await tickets(arena, own) > 0 && await tickets(arena, shared) === 0;
}

/** `asBefore`: puts customers.yaml as it was before the move. */
export async function unfinish(arena: MoveArena, asBefore: () => void): Promise<void> {
  const { site, machines, slug, hosts: [shared, own] } = arena;
  // The app's contract: every table of a tenant has organisation_id, but for the one of the organisations themselves.
  const key = (await query(machines, own, `select id from organisations where slug = '${slug}'`)).trim();
  const tables = (await query(machines, own, `select c.relname || '|' || string_agg(quote_ident(a.attname), ',' order by a.attnum)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public' join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind in ('r', 'p') and not c.relispartition and (c.relname = 'organisations' or exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'organisation_id' and not o.attisdropped))
    group by c.relname`)).trim().split("\n").map((line) => line.split("|") as [table: string, columns: string]);
  const where = (table: string): string => `${table === "organisations" ? "id" : "organisation_id"} = ${Number(key)}`;
  const psql = "docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U app -d app";
  const copies = tables.map(([table, columns]) => `copy (select ${columns} from ${table} where ${where(table)}) to stdout;`);
  const rows = await machines.inside(own, `${psql} <<'SQL' | gzip -9 | base64 -w 0\n${tables.map(([table, columns], at) => `\\echo copy ${table} (${columns}) from stdin;\n${copies[at]}\n\\echo '\\\\.'`).join("\n")}\nSQL`);
  // A word of a command has room for 128 kB, a line on standard input for all.
  const file = "/root/etage-drill-rows";
  await machines.inside(shared, `rm -f ${file}`);
  for (let at = 0; at < rows.length; at += 100_000) await machines.inside(shared, `printf %s '${rows.slice(at, at + 100_000)}' >>${file}`);
  await machines.inside(shared, `{ echo "set session_replication_role = replica;"; base64 -d <${file} | gzip -d; } | ${psql} --single-transaction; rm -f ${file}`);
  await query(machines, own, `set session_replication_role = replica;\n${tables.map(([table]) => `delete from ${table} where ${where(table)};`).join("\n")}`);
  for (const host of [shared, own]) await machines.inside(host, `rm -f ${TENANTS}`);
  asBefore();
  await site.must(["bin/deploy", "update", shared, "--yes"]);
  await site.must(["pulumi", "up", "-s", own, "--yes", "--skip-preview", "--non-interactive"]);
}
