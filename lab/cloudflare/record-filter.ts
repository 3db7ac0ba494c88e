/** Filters of GET /zones/{zone}/dns_records. */
import { inOrder } from "./query.ts";
import type { DnsRecord } from "./types.ts";

type Test = (value: string, wanted: string) => boolean;

const tests: Record<string, Test> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
  absent: (value) => value === "",
  present: (value) => value !== "",
};

const fields: Record<string, (record: DnsRecord) => string> = {
  name: (record) => record.name,
  content: (record) => record.content.toLowerCase(),
  comment: (record) => (record.comment ?? "").toLowerCase(),
  type: (record) => record.type.toLowerCase(),
  proxied: (record) => String(record.proxied),
};

/** Applies `name`, `name.contains`, `type`, `proxied`, `search`, `match`, `order` and the like. */
export function filterRecords(records: DnsRecord[], query: Record<string, string>): DnsRecord[] {
  const checks = Object.entries(query).flatMap(([key, value]) => {
    const [field, operator = "exact"] = key.split(".");
    const read = fields[field!];
    const test = tests[operator];
    return read && test ? [(record: DnsRecord) => test(read(record), value.toLowerCase())] : [];
  });
  const wanted = (record: DnsRecord) =>
    checks.length === 0 || (query.match === "any" ? checks.some((check) => check(record)) : checks.every((check) => check(record)));
  const search = query.search?.toLowerCase();
  const found = (record: DnsRecord) => !search || [fields.name!, fields.content!, fields.comment!].some((read) => read(record).includes(search));
  const left = records.filter((record) => wanted(record) && found(record));
  return inOrder(left, query, (record, order) =>
    order === "ttl" ? record.ttl : order === "proxied" ? record.proxied : fields[order]?.(record),
  );
}
