/** From a request body to a record, and what may stand beside what. Codes as Cloudflare uses them. */
import { z } from "zod";
import { CloudflareError, problem } from "./envelope.ts";
import { ContentFault, hostname, readContent, type Content } from "./record-content.ts";
import { recordTypes, type DnsRecord, type RecordInput, type RecordType } from "./types.ts";

const proxiable: readonly string[] = ["A", "AAAA", "CNAME"];
const addresses: readonly string[] = ["A", "AAAA"];

const bodySchema = z.object({
  name: z.string(),
  type: z.string().transform((type) => type.toUpperCase()),
  content: z.string().optional(),
  ttl: z.number().optional(),
  proxied: z.boolean().nullish(),
  priority: z.number().nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
  comment: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  settings: z.record(z.string(), z.unknown()).nullish(),
});

/** Reads and checks a whole record; all faults come together in one `error_chain`. */
export function readRecord(body: unknown, zone: string): RecordInput {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw problem(400, 9207, `Request body is invalid: ${issue.path.join(".") || "body"}: ${issue.message}`);
  }
  const given = parsed.data;
  const type = given.type as RecordType;
  if (!recordTypes.includes(type)) throw invalid([{ code: 9001, message: `Invalid DNS record type: ${given.type}.` }]);

  const faults: { code: number; message: string }[] = [];
  const name = fullName(given.name, zone);
  if (!name) faults.push({ code: 9000, message: "DNS name is invalid." });
  const proxied = given.proxied ?? false;
  if (proxied && !proxiable.includes(type)) faults.push({ code: 9004, message: `This record type cannot be proxied.` });
  const ttl = proxied ? 1 : (given.ttl ?? 1);
  if (!Number.isInteger(ttl) || (ttl !== 1 && (ttl < 60 || ttl > 86400)))
    faults.push({ code: 9021, message: "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic." });
  if ((given.comment ?? "").length > 100) faults.push({ code: 9206, message: "Comment is too long: at most 100 characters." });
  // The free plan has no tags at all.
  if (given.tags?.length) faults.push({ code: 9300, message: `DNS record has ${given.tags.length} tags, exceeding the quota of 0.` });

  let content: Content = { content: "" };
  try {
    const { priority, data } = given;
    content = readContent(type, { content: given.content, priority: priority ?? undefined, data: data ?? undefined }, zone);
    if (type === "CNAME" && content.content === name) faults.push({ code: 9007, message: "CNAME content cannot be the record's own name." });
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    faults.push({ code: error.code, message: error.message });
  }
  if (faults.length > 0) throw invalid(faults);
  return { name: name!, type, ...content, ttl, proxied, comment: given.comment || null, tags: [], settings: given.settings ?? {} };
}

/** Whether `input` may stand beside `others`, the records of the same name (without the one it replaces); throws when not. */
export function checkNeighbours(input: RecordInput, others: DnsRecord[]): void {
  for (const other of others) {
    const same = other.type === input.type && other.content === input.content && other.priority === input.priority;
    if (same && other.ttl === input.ttl && other.proxied === input.proxied) throw problem(400, 81058, "An identical record already exists.");
    if (same) throw problem(400, 81057, "The record already exists.");
    if (input.type === "CNAME" && (addresses.includes(other.type) || other.type === "CNAME"))
      throw problem(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
    if (addresses.includes(input.type) && other.type === "CNAME") throw problem(400, 81054, "A CNAME record with that host already exists.");
    if (input.type !== "NS" && other.type === "NS" && (addresses.includes(input.type) || input.type === "CNAME"))
      throw problem(400, 81056, "NS records with that host already exist.");
  }
}

/** `@`, a name relative to the zone, or a whole one: always made whole. */
function fullName(given: string, zone: string): string | undefined {
  if (given.trim() === "@" || given.trim() === "") return zone;
  const name = hostname(given, { wildcard: true }) ?? (given.trim() === "*" ? "*" : undefined);
  if (!name) return undefined;
  const whole = name === zone || name.endsWith(`.${zone}`) ? name : `${name}.${zone}`;
  return whole.length <= 253 ? whole : undefined;
}

export function isProxiable(type: RecordType): boolean {
  return proxiable.includes(type);
}

function invalid(chain: { code: number; message: string }[]): CloudflareError {
  return problem(400, 1004, "DNS Validation Error", chain);
}
