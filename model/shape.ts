/** Holds data against its schema and says in our words what does not fit: one fault a place. */
import { z } from "zod";
import { formatPath, type Fault, type Path } from "./faults.ts";
import type { SourceFile } from "./document.ts";
import { didYouMean } from "./nearest.ts";
import { descriptionOf, schemaAt, shapeOf } from "./schema-walk.ts";

type Issue = z.core.$ZodIssue;

/** Faults of shape: wrong types, missing and unknown keys, values out of bounds. */
export function shapeFaults(file: SourceFile, schema: z.ZodType, issues: readonly Issue[]): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const issue of issues) {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      const known = Object.keys(shapeOf(schemaAt(schema, path)) ?? {});
      for (const key of issue.keys) faults.push(file.fault([...path, key], { ...unknownKey(key, path, known), rule: "unknown-key", at: "key" }));
      continue;
    }
    // A text that breaks two rules of one value (too short and a wrong letter) is one fault to the reader.
    const place = formatPath(path);
    if (seen.has(place)) continue;
    seen.add(place);
    const value = valueAt(file.data, path);
    const at = issue.code === "invalid_key" ? "key" as const : undefined;
    faults.push(file.fault(path, { ...describe(issue, value, schemaAt(schema, path), path), ...(at ? { at } : {}) }));
  }
  return faults;
}

function unknownKey(key: string, path: Path, known: string[]): { message: string; suggestion?: string | undefined } {
  const where = path.length === 0 ? "at the top of the file" : `in ${formatPath(path)}`;
  return { message: `unknown key \`${key}\` ${where}`, suggestion: didYouMean(key, known) ?? (known.length > 0 ? `known keys: ${known.join(", ")}` : undefined) };
}

function describe(issue: Issue, value: unknown, schema: z.ZodType | undefined, path: Path): { message: string; suggestion?: string | undefined; rule: string } {
  const meaning = schema ? descriptionOf(schema) : undefined;
  const last = path.at(-1);
  if (value === undefined) return { message: `\`${String(last ?? "content")}\` is missing; expected ${expected(issue)}${meaning ? `: ${lowerFirst(meaning)}` : ""}`, rule: "missing-key" };
  if (issue.code !== "invalid_key" && value === null) return { message: `is empty; expected ${expected(issue)}`, suggestion: "give a value or remove the key", rule: "wrong-type" };
  switch (issue.code) {
    case "invalid_type":
      return { message: `expected ${expected(issue)}, found ${found(value)}`, suggestion: quoteHint(issue.expected, value), rule: "wrong-type" };
    case "invalid_value":
      return { message: `expected ${expected(issue)}, found ${found(value)}`, suggestion: didYouMean(String(value), issue.values.map(String)), rule: "wrong-value" };
    case "invalid_key":
      return { message: `the name ${found(last)} is not allowed; expected ${expected(issue.issues[0] as Issue)}`, rule: "wrong-value" };
    default:
      return { message: `expected ${expected(issue)}, found ${found(value)}`, suggestion: looksLikeSlug(issue) ? slugHint(value) : undefined, rule: "wrong-value" };
  }
}

/** "expected …": what an issue wanted, in words. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type": return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value": return issue.values.length === 1 ? `\`${String(issue.values[0])}\`` : `one of ${issue.values.map(String).join(", ")}`;
    case "too_small": return bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big": return bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_format": return FORMATS[issue.format]?.(issue) ?? issue.message;
    default: return issue.message;
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  const things = { string: ["character", "characters"], array: ["entry", "entries"] }[origin];
  if (!things) return `a number, ${relation} ${limit}`;
  return `${relation} ${limit} ${Number(limit) === 1 ? things[0] : things[1]}`;
}

const TYPES: Record<string, string> = {
  string: "text", number: "a number", int: "a whole number", boolean: "true or false", object: "a mapping of keys", record: "a mapping of keys", array: "a list",
};

const FORMATS: Record<string, (issue: Extract<Issue, { code: "invalid_format" }>) => string> = {
  email: () => "an e-mail address",
  starts_with: (issue) => `text that begins with ${String((issue as { prefix?: string }).prefix)}`,
};

function found(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  return `${typeof value === "number" ? "the number " : ""}${String(value)}`;
}

/** YAML reads 42 and true as such; a name made of them wants quotes. A quoted number wants none. */
function quoteHint(type: string, value: unknown): string | undefined {
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return `put it in quotes: "${String(value)}"`;
  if ((type === "number" || type === "int") && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return `write it without quotes: ${value.trim()}`;
  if (type === "array" && typeof value === "string") return `write a list: [${value}]`;
  return undefined;
}

const looksLikeSlug = (issue: Issue): boolean => issue.code === "invalid_format" && issue.message.startsWith("lower-case letters");

/** "Acme Müller" → `acme-muller`. */
function slugHint(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const slug = value.toLowerCase().replaceAll("ı", "i").normalize("NFD").replace(/\p{Mark}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return slug.length >= 2 ? `for example \`${slug}\`` : undefined;
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
