/** Holds data against its schema and says in our words what does not fit: one fault a place. */
import { z } from "zod";
import { formatPath, type Fault, type Path } from "./faults.ts";
import type { SourceFile } from "./document.ts";
import { didYouMean, nearest } from "./nearest.ts";
import { descriptionOf, schemaAt, shapeOf, unwrap } from "./schema-walk.ts";

type Issue = z.core.$ZodIssue;

/** Faults of shape: wrong types, missing and unknown keys, values out of bounds. */
export function shapeFaults(file: SourceFile, schema: z.ZodType, issues: readonly Issue[]): Fault[] {
  const faults = new Map<string, Fault>();
  const misspelt = new Set<string>();
  for (const issue of issues.filter(({ code }) => code === "unrecognized_keys") as Extract<Issue, { code: "unrecognized_keys" }>[]) {
    const path = issue.path as Path;
    // A key that is there already was not meant a second time.
    const known = Object.keys(shapeOf(schemaAt(schema, path)) ?? {}).filter((key) => valueAt(file.data, [...path, key]) === undefined);
    for (const key of issue.keys) {
      const meant = nearest(key, known);
      if (meant !== undefined) misspelt.add(formatPath([...path, meant]));
      const message = `unknown key \`${key}\` ${path.length === 0 ? "at the top of the file" : `in ${formatPath(path)}`}`;
      const suggestion = meant === undefined ? `keys that may be here: ${known.join(", ")}` : `did you mean \`${meant}\`?`;
      faults.set(formatPath([...path, key]), file.fault([...path, key], { message, suggestion, rule: "unknown-key", at: "key" }));
    }
  }
  for (const issue of issues) {
    const path = issue.path as Path;
    const place = formatPath(path);
    const value = valueAt(file.data, path);
    // A text that breaks two rules of one value (too short and a wrong letter) is one fault to the reader; so is a
    // misspelt key, which is then missing too.
    if (issue.code === "unrecognized_keys" || faults.has(place) || (value === undefined && misspelt.has(place))) continue;
    const at = issue.code === "invalid_key" ? "key" as const : undefined;
    faults.set(place, file.fault(path, { ...describe(issue, value, schemaAt(schema, path), path), ...(at ? { at } : {}) }));
  }
  return [...faults.values()];
}

/** Keys whose value is said elsewhere. */
const SECRETS: ReadonlySet<string> = new Set(["password", "secret", "accessKey", "secretKey"]);

function describe(issue: Issue, value: unknown, schema: z.ZodType | undefined, path: Path): { message: string; suggestion?: string | undefined; rule: string } {
  const last = path.at(-1);
  const wanted = expected(issue, schema);
  if (issue.code === "invalid_key") return { message: `the name ${found(last)} is not allowed; expected ${expected(issue.issues[0] as Issue)}`, rule: "wrong-value" };
  if (value === undefined) {
    const meaning = schema && descriptionOf(schema);
    return { message: `\`${String(last ?? "content")}\` is missing; expected ${wanted}${meaning ? ` (${lowerFirst(meaning)})` : ""}`, rule: "missing-key" };
  }
  if (value === null) return { message: `is empty; expected ${wanted}`, suggestion: "give a value or remove the key", rule: "wrong-type" };
  // Somebody wrote the secret itself; the message may end up in a build log.
  if (typeof last === "string" && SECRETS.has(last) && typeof value !== "object") return { message: `expected ${wanted}, found a secret (it is exposed now: make a new one)`, rule: "wrong-value" };
  const message = `expected ${wanted}, found ${found(value)}`;
  if (issue.code === "invalid_type") return { message, suggestion: quoteHint(issue.expected, value), rule: "wrong-type" };
  const suggestion = issue.code === "invalid_value" ? didYouMean(String(value), issue.values.map(String)) : cleaned(value, schema);
  return { message, suggestion, rule: "wrong-value" };
}

/** "expected …": what an issue wanted, in words. */
function expected(issue: Issue, schema?: z.ZodType): string {
  switch (issue.code) {
    case "invalid_type": return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value": return issue.values.length === 1 ? `\`${String(issue.values[0])}\`` : `one of ${issue.values.map(String).join(", ")}`;
    case "too_small": return bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum, schema);
    case "too_big": return bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum, schema);
    case "invalid_format": return FORMATS[issue.format]?.(issue) ?? issue.message;
    default: return issue.message;
  }
}

function bound(origin: string, relation: string, limit: number | bigint, schema: z.ZodType | undefined): string {
  const things = { string: ["character", "characters"], array: ["entry", "entries"] }[origin];
  if (things) return `${relation} ${limit} ${Number(limit) === 1 ? things[0] : things[1]}`;
  const inner = schema && unwrap(schema);
  return `a ${inner instanceof z.ZodNumber && inner.format === "safeint" ? "whole number" : "number"}, ${relation} ${limit}`;
}

const TYPES: Record<string, string> = {
  string: "text", number: "a number", int: "a whole number", boolean: "true or false", object: "a mapping of keys", record: "a mapping of keys", array: "a list",
};

const FORMATS: Record<string, (issue: Extract<Issue, { code: "invalid_format" }>) => string> = {
  email: () => "an e-mail address",
  date: () => "a day such as 2026-12-31",
};

function found(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return String(value);
  // Somebody pasted the wrong file; the message may end up in a build log.
  if (value.includes("PRIVATE KEY")) return "a private key (it is exposed now: make a new pair, and give the line of its .pub file)";
  if (value.startsWith("whsec_")) return "a secret (it is exposed now: make a new one)";
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
}

/** YAML reads 42 and true as such; a name made of them wants quotes. A quoted number wants none. */
function quoteHint(type: string, value: unknown): string | undefined {
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return `put it in quotes: "${String(value)}"`;
  if ((type === "number" || type === "int") && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return `write it without quotes: ${value.trim()}`;
  if (type === "array" && typeof value === "string") return `write a list: [${value}]`;
  return undefined;
}

/** What was probably meant by a text in the wrong form: the first of some usual repairs that the schema accepts. */
function cleaned(value: unknown, schema: z.ZodType | undefined): string | undefined {
  if (typeof value !== "string" || !schema) return undefined;
  const lower = value.trim().toLowerCase();
  const repairs = [
    lower,
    lower.replace(/^[a-z]+:\/\//, "").replace(/[/:?#].*$/, ""),
    lower.replace(/^(\d):/, "0$1:"),
    `/${lower}`,
    ...(/^[A-Z][A-Z0-9_]*$/.test(value) ? [`env:${value}`] : []),
    // "Acme Müller" → acme-muller; the Turkish dotless i has no decomposition.
    lower.replaceAll("ı", "i").normalize("NFD").replace(/\p{Mark}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, ""),
  ];
  const accepted = repairs.find((repair) => schema.safeParse(repair).success);
  return accepted === undefined ? undefined : `did you mean \`${accepted}\`?`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) value = typeof value === "object" && value !== null && Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
  return value;
}

/** Of an object that does not fit as a whole, the keys that do: so that the rules can still judge those. */
export function validParts(schema: z.ZodType, data: unknown): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  if (typeof data !== "object" || data === null) return parts;
  for (const [key, part] of Object.entries(shapeOf(schema) ?? {})) {
    const result = part.safeParse((data as Record<string, unknown>)[key]);
    if (result.success && result.data !== undefined) parts[key] = result.data;
  }
  return parts;
}
