/** What lies on a host: of whom, how much, and whether it is still the same. Read as root in its machine. */
import { organisationId } from "../../../app/tenants/identity.ts";
import type { Clone } from "../../support/clone.ts";
import { inside } from "./hosts.ts";

/** Tables whose rows change only when somebody works there. */
const TABLES = ["users", "tokens", "orders", "order_items", "tickets", "uploads"];

const sql = (text: string): string => `docker exec -i postgres psql -U app -d app -XAtq -v ON_ERROR_STOP=1 <<'SQL'\n${text}\nSQL\n`;

/** Rows of a customer, in all tables together, and its files. */
export async function amountOf(clone: Clone, host: string, slug: string): Promise<{ rows: number; files: number }> {
  const counts = TABLES.map((table) => `(select count(*) from ${table} where organisation_id = ${organisationId(slug)})`).join(" + ");
  const said = await inside(clone, host, `${sql(`select ${counts};`)}find /mnt/*/uploads/${slug} -type f 2>/dev/null | wc -l`);
  const [rows, files] = said.trim().split("\n").map(Number) as [number, number];
  return { rows, files };
}

/** A checksum over every other customer's rows and files, table by table. */
export async function othersThan(clone: Clone, host: string, slug: string): Promise<string[]> {
  const sums = TABLES.map((table) => `select '${table}', count(*), md5(string_agg(r::text, ',' order by r::text)) from ${table} r where organisation_id <> ${organisationId(slug)};`);
  const files = `cd /mnt/*/uploads && find . -type f ! -path './${slug}/*' -exec sha256sum {} + | sort | sha256sum`;
  return (await inside(clone, host, `${sql(sums.join("\n"))}${files}`)).trim().split("\n");
}

/** Everything that a move makes on a host; empty when nothing of one is there. */
export async function tracesOf(clone: Clone, host: string): Promise<string[]> {
  const objects = `select 'schema ' || nspname from pg_namespace where nspname like 'etage%' union all select 'publication ' || pubname from pg_publication
    union all select 'subscription ' || subname from pg_subscription union all select 'slot ' || slot_name from pg_replication_slots
    union all select 'role ' || rolname from pg_roles where rolname like 'etage%' union all select 'trigger ' || tgname from pg_trigger where tgname like 'etage%';`;
  const said = await inside(clone, host, `${sql(objects)}
find /var/lib/etage/move -mindepth 1 2>/dev/null || true
docker ps --all --format 'container {{.Names}}' | grep room || true
docker exec proxy kamal-proxy list | sed 's/\\x1b\\[[0-9;]*m//g' | awk 'NR > 1 && NF && $1 != "app" { print "route " $1 }'
ls /etc/systemd/system | grep -E '^etage-(link|watchdog|names)' || true
grep -o 'permitopen[^ ]*' /home/deploy/.ssh/authorized_keys || true`);
  return said.trim().split("\n").filter(Boolean);
}

/** Dumps that a host keeps. */
export const dumpsOn = async (clone: Clone, host: string): Promise<string[]> => (await inside(clone, host, "ls /mnt/*/backups 2>/dev/null || true")).trim().split("\n").filter(Boolean);
