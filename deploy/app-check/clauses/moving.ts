/** What a move, a way out and a bill need. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { script } from "../../host/command.ts";
import type { Result } from "../../remote/runner.ts";
import { type Clause, excerpt, json, must } from "../clause.ts";
import { asleep, one, type Site, two, within } from "../site.ts";

/** Archives are bytes, which a command's output here is not: they go through a file. `$1`: the file. */
const INTO = `file=$1; shift; "$@" >"$file"`;
const FROM = `file=$1 cut=$2; shift 2; head -c "-$cut" "$file" | "$@"`;

/** Gives `command` what `export` writes for a tenant, but for the last `cut` bytes. */
async function exported(site: Site, slug: string, command: readonly string[], cut = 0): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "etage-check-"));
  const file = join(folder, "archive.tar");
  try {
    const written = await site.run(script("export", INTO, file, "docker", "run", "--rm", ...site.container(), site.options.image, "export", slug));
    must(written.code === 0, `expected \`export\` to end with 0, got ${written.code}: ${excerpt(written.stderr)}`);
    return await site.run(script("import", FROM, file, cut, ...command));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As a host's backup does it. Policies that bound the login would let it fail, not leave rows out. */
const RESTORE = `
createdb -h 127.0.0.1 -U app restored
pg_dump -h 127.0.0.1 -U app -Fc app >/tmp/app.dump
pg_restore -h 127.0.0.1 -U app -d restored --exit-on-error /tmp/app.dump`.trim();

const importing = (site: Site, ...words: string[]): string[] => ["docker", "run", "--rm", "--interactive", ...site.container(), site.options.image, "import", ...words];
const ending = ["tar", "-xO", "end.json"];

const counts = async (site: Site, slug: string): Promise<string> => {
  const { key, rows } = await site.described(slug);
  return JSON.stringify(await site.sql(rows.map(({ table, column }) => `select '${table}' as name, count(*) from ${table} where ${column} = '${key}'`).join(" union all ")));
};

export const moving: readonly Clause[] = [
  {
    name: "archive", needs: ["access"],
    async check(site) {
      const end = await exported(site, one, ending);
      must(end.code === 0, `expected \`export\` to write a tar that ends with end.json, got ${excerpt(end.stderr)}`);
      const { code, stdout, stderr } = await exported(site, one, importing(site, "--as", "etage-copy"));
      must(code === 0, `expected \`import --as\` to take what \`export\` wrote, got ${code}: ${excerpt(stderr)}`);
      json("import", stdout);
      const copy = await exported(site, "etage-copy", ending);
      must(copy.code === 0 && copy.stdout === end.stdout, "expected the copy to be exported as it was imported: rows and their checksums in end.json differ");
      const first = await counts(site, two);
      let [before, after] = [first, ""];
      // The app may note the customer's use meanwhile: one more row, once; what an import took away stays away.
      for (let left = 2; left > 0 && after !== before; left -= 1) {
        before = await counts(site, two);
        const broken = await exported(site, one, importing(site, "--as", two, "--replace"), 4096);
        must(broken.code !== 0, "expected an archive that is cut off to be refused");
        after = await counts(site, two);
      }
      const rows = (text: string): number => (JSON.parse(text) as { count: string }[]).reduce((sum, { count }) => sum + Number(count), 0);
      must(after === before && rows(after) - rows(first) <= 1 && rows(after) >= rows(first), "expected an import that failed to change nothing");
      return "out, in beside it, the same again; a broken one changes nothing";
    },
  },
  {
    name: "dump", needs: ["access", "describe"],
    async check(site) {
      const { rows, hostTables } = await site.described(one);
      const tables = [...rows.map(({ table }) => table), ...hostTables];
      const all = `select json_object_agg(name, count) from (${tables.map((table) => `select '${table}' as name, count(*) from ${table}`).join(" union all ")}) counted`;
      const { code, stderr } = await site.run(["docker", "exec", `${site.name}-postgres`, "sh", "-euc", RESTORE]);
      must(code === 0, `expected a dump to be restored into an empty database, got ${excerpt(stderr)}`);
      const [kept, restored] = [await site.psql(`begin read only; ${all}`), await site.psql(`begin read only; ${all}`, "restored")];
      must(Object.values(JSON.parse(restored) as Record<string, number>).some((count) => count > 1), "expected rows in the dump");
      for (const { table } of rows) {
        const [here, there] = [kept, restored].map((text) => (JSON.parse(text) as Record<string, number>)[table]!) as [number, number];
        // The app goes on counting usage meanwhile.
        must(there <= here && (there === here || table === "usage_hours"), `expected a dump to have all ${here} rows of ${table}, got ${there}`);
      }
      return "every tenant's rows, and it can be restored";
    },
  },
  {
    name: "fence", needs: ["access", "describe"],
    async check(site) {
      const served = await site.main();
      const { key, rows } = await site.described(one);
      const triggers = rows.map(({ table, column }, at) => `
        create trigger etage_check_${at} before insert or update on ${table} for each row when (new.${column} = '${key}') execute function etage_check_refuse();`).join("\n");
      await site.psql(`create function etage_check_refuse() returns trigger language plpgsql as $$ begin raise exception 'fenced'; end $$; ${triggers}`);
      try {
        const ready = (await served.ask(site.domain, site.app.health.ready)).status;
        must(ready === 200, `expected the app to stay ready while one tenant's rows refuse to be written, got ${ready}`);
        const other = (await served.ask(two, "/", { headers: await site.as(two) })).status;
        must(other === 200, `expected other tenants to notice nothing, got ${other}`);
      } finally {
        await site.psql("drop function etage_check_refuse() cascade");
      }
      return "one tenant's rows refuse, the others notice nothing";
    },
  },
  {
    name: "usage", needs: ["access"],
    async check(site) {
      type Used = { slug: string; requests?: number; bytesOut?: number };
      let used: Used | undefined;
      const counted = await within(30, async () => {
        used = json<{ tenants?: Used[] }>("usage", await site.fine(["usage"])).tenants?.find(({ slug }) => slug === one);
        return Number(used?.requests) > 0 && Number(used?.bytesOut) > 0;
      });
      must(counted, "expected `usage` to tell the requests and bytes of a tenant within 30 s");
      const named = (await site.described(one)).rows.map(({ table }) => table);
      must(named.includes("usage_hours"), "expected the table usage_hours among the tenant's, by hour");
      return `${used!.requests} requests counted`;
    },
  },
  {
    name: "erase", needs: ["archive"],
    async check(site) {
      const active = await site.command(["erase", two]);
      must(active.code === 1, `expected \`erase\` to refuse a tenant that is not suspended, got ${active.code}`);
      const before = await counts(site, two);
      json("erase", await site.fine(["erase", asleep]));
      must(!/"count":\s*[1-9]/.test(await counts(site, asleep)), "expected `erase` to leave no row");
      must(await counts(site, two) === before, "expected `erase` to leave other tenants alone");
      return "only the suspended, whole, and nobody else";
    },
  },
];
