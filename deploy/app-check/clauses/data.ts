/** How a tenant's rows lie in the database, which a move and the policies lean on. */
import { type Clause, must } from "../clause.ts";
import { one, type Site, two } from "../site.ts";

interface Key { table: string; type: "p" | "f"; first: string; target: string | null }

const keys = (site: Site): Promise<Key[]> => site.sql<Key>(`
  select c.conrelid::regclass::text as table, c.contype as type, a.attname as first, nullif(c.confrelid, 0)::regclass::text as target
  from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
  join pg_namespace n on n.oid = c.connamespace
  where c.contype in ('p', 'f') and n.nspname !~ '^(pg_|information_schema)'`);

const tables = async (site: Site): Promise<string[]> => (await site.sql<{ name: string }>(`
  select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where relkind in ('r', 'p') and not relispartition and n.nspname !~ '^(pg_|information_schema)'`)).map(({ name }) => name);

/** The roles that are no superusers and may read the table; the policies must hold for a new one, too. */
const STRANGER = "etage_check_stranger";

export const data: readonly Clause[] = [
  {
    name: "describe", needs: ["tenants"],
    async check(site) {
      const { code, stdout } = await site.run(["docker", "run", "--rm", "--network", "none", site.options.image, "describe", one]);
      must(code === 0 && stdout.trim() !== "", "expected `describe` to need no database");
      const [first, second] = [await site.described(one), await site.described(two)];
      must(String(first.key) !== String(second.key), "expected another key for each tenant");
      for (const folder of first.files) must(!folder.startsWith("/") && !folder.split("/").includes(".."), `expected folders within UPLOADS_PATH, got ${folder}`);
      must(!first.files.some((folder) => second.files.includes(folder)), "expected folders of its own for each tenant");
      const named = [...first.rows.map(({ table }) => table), ...first.hostTables];
      const there = await tables(site);
      const [missing, unknown] = [named.filter((table) => !there.includes(table)), there.filter((table) => !named.includes(table))];
      must(missing.length === 0, `it names tables that are not there: ${missing.join(", ")}`);
      must(unknown.length === 0, `expected every table under \`rows\` or \`hostTables\`; ${unknown.join(", ")} would be left behind by a move`);
      return `${first.rows.length} tables of tenants, ${first.hostTables.length} of the host`;
    },
  },
  {
    name: "tenant-key", needs: ["describe"],
    async check(site) {
      const { rows, hostTables } = await site.described(one);
      const found = await keys(site);
      const order = rows.map(({ table }) => table);
      for (const { table, column } of rows) {
        const own = found.filter((key) => key.table === table);
        const primary = own.find(({ type }) => type === "p");
        must(primary, `expected a primary key of ${table} that begins with ${column}: a move cannot follow its changes without`);
        for (const { type, first, target } of own) {
          must(first === column, `expected the ${type === "p" ? "primary key" : `foreign key to ${target}`} of ${table} to begin with ${column}, got ${first}`);
          must(target === null || !hostTables.includes(target), `${table} refers to ${target}, which stays on its host when the tenant moves`);
          must(target === null || target === table || order.indexOf(target) < order.indexOf(table), `expected ${target} before ${table} in \`describe\`: rows are put in by this order`);
        }
      }
      return `first in ${found.filter(({ table }) => order.includes(table)).length} keys`;
    },
  },
  {
    name: "ids", needs: ["describe"],
    async check(site) {
      const { rows } = await site.described(one);
      const counted = await site.sql<{ table: string; column: string }>(`
        select c.oid::regclass::text as table, attname as column from pg_attribute a join pg_class c on c.oid = attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.oid::regclass::text in (${rows.map(({ table }) => `'${table}'`).join(", ")}) and a.attnum > 0 and not a.attisdropped
          and (attidentity <> '' or exists (select from pg_depend p join pg_class s on s.oid = p.refobjid and s.relkind = 'S' where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid))`);
      return counted.length === 0 ? "no sequence has to be set by a move" : `counted by a sequence, so a move gives each host a band of its own: ${counted.map(({ table, column }) => `${table}.${column}`).join(", ")}`;
    },
  },
  {
    name: "row-level-security", needs: ["describe"],
    async check(site) {
      const { rows } = await site.described(one);
      const bound = await site.sql<{ name: string; on: boolean; forced: boolean }>(`
        select oid::regclass::text as name, relrowsecurity as on, relforcerowsecurity as forced from pg_class where relkind in ('r', 'p')`);
      for (const { table } of rows) {
        const { on, forced } = bound.find(({ name }) => name === table) ?? {};
        must(on && forced, `expected row-level security on ${table}, also for its owner: ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
      }
      // By trying: somebody who may read every table, and is no tenant.
      const seen = await site.psql(`begin; create role ${STRANGER} nobypassrls;
        grant select on ${rows.map(({ table }) => table).join(", ")} to ${STRANGER}; set local role ${STRANGER};
        ${rows.map(({ table }) => `select '${table}' from ${table} having count(*) > 0;`).join("\n")} rollback;`);
      must(seen.trim() === "", `expected a statement for no tenant to find nothing, but it finds rows of ${seen.trim().split("\n").join(", ")}`);
      return "on, forced, and nobody's statement finds nothing";
    },
  },
];
