/** Files as people write them: entries on one line or several, lists and mappings both ways, comments and blank lines anywhere. */
import fc from "fast-check";
import type { Changes, Edit, Entry } from "../../../deploy/customers/edit.ts";

export const SLUGS = ["acme", "baykal", "ceviz", "deniz", "ege-tekstil", "firin", "gonca", "helmex"];
const TIERS = ["shared", "dedicated", "gold"];
const words = fc.constantFrom("Acme", "Fırın Ekipmanları Ltd.", "Müller & Sohn", "no", "it's", 'a "b"', "1.0", "null", "# nine", "a: b", "a, b", "- x", "{x}", "@home", "2001-01-01", " padded ", "0o7");
const host = fc.constantFrom("a.example.net", "b.example.net", "c.example.org");
const label = fc.constantFrom("region", "sales-by", "no", "0");

const flat = fc.record({
  name: words, email: fc.constantFrom("a@b.com", "x+y@example.com"), tier: fc.constantFrom(...TIERS), phase: fc.constantFrom("live", "staged"), status: fc.constant("suspended"),
  hostnames: fc.uniqueArray(host, { minLength: 1, maxLength: 3 }), labels: fc.dictionary(label, words, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), limits: fc.record({ users: fc.integer({ min: 1, max: 999 }), storageMegabytes: fc.integer({ min: 1, max: 999 }) }, { requiredKeys: ["users"] , noNullPrototype: true }),
}, { requiredKeys: ["name", "tier"], noNullPrototype: true });

/** JSON is YAML: values in quotes, whatever they hold. */
const plain = (value: unknown): string => typeof value === "string" && /^[A-Za-z][\w.@+-]*$/.test(value) && !/^(no|null)$/.test(value) ? value : JSON.stringify(value);
const inline = (value: unknown, pad: string): string => Array.isArray(value) ? `[${value.map(plain).join(", ")}]`
  : typeof value === "object" ? `{${pad}${Object.entries(value!).map(([key, one]) => `${plain(key)}: ${plain(one)}`).join(", ")}${pad}}` : plain(value);

interface Looks { dash: number; gap: number; eol: string; last: boolean }
interface Style { form: "lines" | "line" | "wrapped"; nested: boolean; pad: string; comments: (string | null)[]; above: string[]; below: string | null; shuffle: number }

const comment = fc.option(fc.constantFrom("# kept", "#", "# a: b, [c", "# --- Dedicated ---", "# 'x"), { nil: null, freq: 2 });
const style: fc.Arbitrary<Style> = fc.record({
  form: fc.constantFrom("lines", "lines", "line", "wrapped"), nested: fc.boolean(), pad: fc.constantFrom("", " "), comments: fc.array(comment, { minLength: 12, maxLength: 12 }),
  above: fc.array(fc.constantFrom("", "# section", "  # further in? no: section"), { maxLength: 3 }), below: fc.option(fc.constantFrom("# window: { days: [sun] }", "# note"), { freq: 4 }), shuffle: fc.nat(5),
});

function entryText(entry: Entry, { form, nested, pad, comments, above, below, shuffle }: Style, { dash, gap }: Looks, first: boolean): string[] {
  const [lead, inner] = [" ".repeat(dash), " ".repeat(dash + 1 + gap)];
  let at = 0;
  const noted = (line: string): string => { const note = comments[at++ % comments.length]; return note ? `${line}   ${note}` : line; };
  const pairs = Object.entries(entry);
  const turned = [...pairs.slice(shuffle % pairs.length), ...pairs.slice(0, shuffle % pairs.length)];
  const before = above.map((line) => line === "" ? "" : lead + line.trimStart());
  if (form === "line") return [...before, noted(`${lead}-${" ".repeat(gap)}{${pad}${turned.map(([key, value]) => `${key}: ${inline(value, pad)}`).join(", ")}${pad}}`)];
  if (form === "wrapped") return [...before, noted(`${lead}-${" ".repeat(gap)}{`), ...turned.map(([key, value], index) => noted(`${inner}  ${key}: ${inline(value, pad)}${index < turned.length - 1 || nested ? "," : ""}`)), noted(`${inner}}`)];
  const lines = turned.flatMap(([key, value]) => {
    if (!nested || typeof value !== "object") return [noted(`${key}: ${inline(value, pad)}`)];
    const parts = Array.isArray(value) ? value.map((item) => `- ${plain(item)}`) : Object.entries(value!).map(([name, one]) => `${plain(name)}: ${plain(one)}`);
    return [noted(`${key}:`), ...parts.map((part) => noted(`  ${part}`))];
  });
  return [...before, ...lines.map((line, index) => index === 0 ? `${lead}-${" ".repeat(gap)}${line}` : inner + line), ...(below && !first ? [inner + below] : [])];
}

export interface File { text: string; list: Entry[] }

export const file: fc.Arbitrary<File> = fc.record({
  slugs: fc.uniqueArray(fc.constantFrom(...SLUGS), { maxLength: 5 }), entries: fc.array(flat, { minLength: 5, maxLength: 5 }), styles: fc.array(style, { minLength: 5, maxLength: 5 }),
  looks: fc.record({ dash: fc.constantFrom(2, 2, 0, 4), gap: fc.constantFrom(1, 1, 3), eol: fc.constantFrom("\n", "\n", "\r\n"), last: fc.boolean() }),
  head: fc.constantFrom("", "# who\n\n"), tail: fc.constantFrom("", "\n", "\n# the end\n"), whole: fc.boolean(),
}).map(({ slugs, entries, styles, looks, head, tail, whole }) => {
  const list = slugs.map((slug, index) => ({ slug, ...entries[index]! }) as Entry);
  const body = slugs.length === 0 ? "customers: []" : whole && slugs.length < 3
    ? `customers: [${list.map((entry) => `\n    {${Object.entries(entry).map(([key, value]) => `${key}: ${inline(value, "")}`).join(", ")}}`).join(",")}]`
    : ["customers:", ...list.flatMap((entry, index) => entryText(entry, styles[index]!, looks, false))].join("\n");
  const text = `${head}${body}${looks.last ? `\n${tail}` : ""}`;
  return { text: text.replaceAll("\n", looks.eol), list };
});

const changes: fc.Arbitrary<Changes> = fc.record({
  texts: fc.record({ name: words, email: fc.option(fc.constant("new@example.com")), tier: fc.constantFrom(...TIERS), status: fc.option(fc.constant("suspended")), host: fc.option(fc.constant("shared-2")) }, { requiredKeys: [], noNullPrototype: true }),
  addHostnames: fc.uniqueArray(host, { maxLength: 2 }), dropHostnames: fc.uniqueArray(host, { maxLength: 2 }),
  labels: fc.dictionary(label, fc.option(words), { maxKeys: 2, noNullPrototype: true }), limits: fc.record({ users: fc.option(fc.integer({ min: 1, max: 9 })), apiCallsPerHour: fc.option(fc.integer({ min: 1, max: 9 })) }, { requiredKeys: [], noNullPrototype: true }),
}, { requiredKeys: [], noNullPrototype: true });

const addition: fc.Arbitrary<Edit> = fc.record({ do: fc.constant("add" as const), slug: fc.constantFrom("new-one", "new-two"), changes: fc.tuple(changes, words, fc.constantFrom(...TIERS)).map(([some, name, tier]) => ({ ...some, texts: { ...some.texts, name, tier } })) }, { noNullPrototype: true });
const slug = fc.constantFrom(...SLUGS);
export const edit: fc.Arbitrary<Edit> = fc.oneof(addition, { arbitrary: fc.record({ do: fc.constant("set" as const), slug, changes }, { noNullPrototype: true }), weight: 3 }, fc.record({ do: fc.constant("remove" as const), slug }, { noNullPrototype: true }));
export { addition, changes };
