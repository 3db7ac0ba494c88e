/** What a customer, and everybody else, has on a host: read in its machine, with nothing of the program that is tried in between. */
import type { Machines } from "../../site/machines.ts";
import { query } from "../move/look.ts";

/** Tables of the reference app; `usage_hours` and `jobs` change by themselves. */
const TABLES = ["hostnames", "users", "tokens", "orders", "order_items", "tickets", "uploads"] as const;

export interface Had {
  /** active, suspended; null: the database does not know it. */
  status: string | null;
  /** By table; the customer's own row is `organisations`. */
  rows: Record<string, number>;
  files: number;
  /** Of rows and files. */
  sum: string;
}

const owned = (slug: string, is: "like" | "not like"): string => `(select id from organisations where slug ${is} '${slug}')`;

/** Content of rows by table, and of files. */
async function sumsOf(machines: Machines, host: string, slug: string, is: "like" | "not like"): Promise<string> {
  const of = (table: string, column: string): string => `select '${table}', coalesce(md5(string_agg(r::text, '|' order by r::text)), '') from ${table} r where ${column} in ${owned(slug, is)}`;
  // Its status is looked at by itself.
  const organisations = `select 'organisations', coalesce(md5(string_agg(id || slug || name || coalesce(limit_users, 0), '|' order by id)), '') from organisations where slug ${is} '${slug}'`;
  const rows = await query(machines, host, [organisations, ...TABLES.map((table) => of(table, "organisation_id"))].join("\nunion all\n"));
  const files = await machines.inside(host, `cd /mnt/HC_Volume_*/uploads && find . -type f ${is === "like" ? "" : "! "}-path './${slug.replace("%", "*")}/*' -exec sha256sum {} + | sort`);
  return `${rows.trim()}\n${files.trim()}`;
}

/** Rows and files of all others, as one text. `many-%`: of all but those. */
export const othersOf = (machines: Machines, host: string, slug: string): Promise<string> => sumsOf(machines, host, slug, "not like");

export async function lookAtCustomer(machines: Machines, host: string, slug: string): Promise<Had> {
  const counts = await query(machines, host, [
    `select 'organisations', count(*) from organisations where slug = '${slug}'`,
    ...[...TABLES, "jobs", "usage_hours"].map((table) => `select '${table}', count(*) from ${table} where organisation_id in ${owned(slug, "like")}`),
  ].join(" union all "));
  const status = (await query(machines, host, `select status from organisations where slug = '${slug}'`)).trim();
  const files = Number((await machines.inside(host, `find /mnt/HC_Volume_*/uploads/${slug} -type f 2>/dev/null | wc -l`)).trim());
  return {
    status: status || null, files, sum: await sumsOf(machines, host, slug, "like"),
    rows: Object.fromEntries(counts.trim().split("\n").map((line) => line.split("|")).map(([table, amount]) => [table!, Number(amount)] as const).filter(([, amount]) => amount > 0)),
  };
}

/** What a restore is to undo: rows that are gone, changed, and new. */
export const spoil = (machines: Machines, host: string, slug: string): Promise<string> => query(machines, host, `
delete from orders where organisation_id in ${owned(slug, "like")} and reference like 'order 1%';
update users set name = 'Nobody' where organisation_id in ${owned(slug, "like")};
insert into tickets (organisation_id, subject) select id, 'too late' from organisations where slug = '${slug}';`);

/** What is left of scratches, a line each. */
export const scratchesOn = async (machines: Machines, host: string): Promise<string[]> =>
  (await machines.inside(host, "docker ps --all --format '{{.Names}}' | grep '^scratch-' || true; ls -d /var/lib/etage/restore/* /etc/etage/restore/* /mnt/HC_Volume_*/restore/* 2>/dev/null || true")).split("\n").filter(Boolean);

/** Something to lose: rows of three tables that refer to one another, and files. */
export async function furnish(machines: Machines, host: string, slug: string): Promise<void> {
  await query(machines, host, `
insert into users (organisation_id, email, name) select id, 'member-' || n || '@${slug}.example', 'Member ' || n from organisations, generate_series(1, 5) n where slug = '${slug}' on conflict do nothing;
insert into orders (organisation_id, reference) select id, 'order ' || n from organisations, generate_series(1, 200) n where slug = '${slug}' on conflict do nothing;
insert into order_items (organisation_id, order_id, product, quantity, unit_price) select o.organisation_id, o.id, 'thing', 1, 100 from orders o join organisations g on g.id = o.organisation_id where g.slug = '${slug}';`);
  // As the app has them: a row that says what it is, and the file under its name.
  await machines.inside(host, `
cd /mnt/HC_Volume_*/uploads && install -d -o 10001 -g 10001 -m 0750 ${slug}
for n in 1 2 3; do
  id=$(cat /proc/sys/kernel/random/uuid); head -c 20000 /dev/urandom >${slug}/$id; chown 10001:10001 ${slug}/$id
  sum=$(sha256sum <${slug}/$id); echo "insert into uploads (organisation_id, name, content_type, size_bytes, sha256, file) select id, 'file $n', 'text/plain', 20000, '\${sum%% *}', '$id' from organisations where slug = '${slug}';"
done | docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U app -d app`);
}
