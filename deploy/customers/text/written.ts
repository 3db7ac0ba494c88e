/** Values as YAML text on one line. */
import { stringify } from "yaml";

export type Scalar = string | number | boolean | null;
export type Value = Scalar | readonly Value[] | { readonly [key: string]: Value };

/** What YAML 1.1 would take for something else than text is put in quotes too: other programs read the file as well. */
const OPTIONS = { lineWidth: 0, compat: "yaml-1.1" } as const;

/** `like`: the text that it replaces, whose quotes are kept. */
export function scalarText(value: Scalar, inFlow: boolean, like = ""): string {
  if (typeof value !== "string") return String(value);
  if (/\p{Cc}|[\u2028\u2029\uFEFF]/u.test(value)) return escaped(value);
  const quotes = like.startsWith('"') ? { defaultStringType: "QUOTE_DOUBLE" } as const : like.startsWith("'") ? { defaultStringType: "QUOTE_SINGLE" } as const : {};
  if (!inFlow) return stringify(value, { ...OPTIONS, ...quotes }).trimEnd();
  return stringify([value], { ...OPTIONS, ...quotes, collectionStyle: "flow", flowCollectionPadding: false }).trim().slice(1, -1);
}

const escaped = (value: string): string => JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\uFEFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** `[a, b]`, `{ users: 20 }`, or a single value. */
export function flowText(value: Value, padding = " "): string {
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item as Value, padding)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return scalarText(value as Scalar, true);
  return `{${padding}${Object.entries(value).map((pair) => pairText(pair, true, padding)).join(", ")}${padding}}`;
}

/** `key: value` */
export function pairText([key, value]: readonly [string, Value], inFlow: boolean, padding = " "): string {
  const name = scalarText(key, inFlow);
  return `${name}: ${typeof value === "object" && value !== null ? flowText(value, padding) : scalarText(value, inFlow)}`;
}
