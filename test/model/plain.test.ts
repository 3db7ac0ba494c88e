/** The quick parser and the one that knows places read the same, or the quick one leaves it to the other. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { plainValues } from "../../model/plain.ts";
import { texts } from "./files.ts";

const root = join(import.meta.dirname, "../..");
const shipped = ["hosting.yaml", "customers.yaml"].map((name) => readFileSync(join(root, name), "utf8"));

/** As model/document.ts reads it; undefined for a fault. */
function slowly(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, merge: true });
  try {
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

describe("the quick parser", () => {
  it.each([...shipped, ...Object.values(texts([]))].map((text) => [text.slice(0, 40), text]))("reads a whole file (%j)", (_what, text) => {
    expect(plainValues(text)).toStrictEqual(slowly(text));
  });

  it.each([
    ["no", "no"], ["off", "off"], ["y", "y"], ["True", true], ["~", null], ["Null", null], ["nil", "nil"],
    ["0o7", 7], ["-0o7", "-0o7"], ["017", 17], ["0x1F", 31], ["+0x1F", "+0x1F"], ["0b11", "0b11"], ["1_000", "1_000"], ["+12", 12], ["-0", -0],
    ["1.", 1], [".5", 0.5], ["-.5", -0.5], ["1e3", 1000], [".inf", Infinity], [".NaN", NaN], ["12345678901234567890", 12345678901234567890],
    ["2001-01-01", "2001-01-01"], ["2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"], ["02:30", "02:30"], ["190:20:30", "190:20:30"], ["=", "="],
    ["Müller & Sohn", "Müller & Sohn"], ["R&D!", "R&D!"], ["a#b", "a#b"], ["a # b", "a"], ["http://a.b/c", "http://a.b/c"], ["'it''s'", "it's"], ['"\\u00e9"', "é"],
  ])("value %s", (written, value) => {
    expect([plainValues(`x: ${written}`), slowly(`x: ${written}`)]).toStrictEqual([{ x: value }, { x: value }]);
  });

  it("takes __proto__ and constructor for keys like others", () => {
    const read = plainValues("{ __proto__: { admin: true }, constructor: 1 }") as object;
    expect(Object.keys(read)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(read).toStrictEqual(slowly("{ __proto__: { admin: true }, constructor: 1 }"));
  });

  it.each([
    ["a key twice", "a: 1\na: 2"], ["a key twice in two spellings", "1: a\n'1': b"], ["anchor", "a: &b 1"], ["alias", "a: [*b]"], ["tag", "a: !b 1"], ["merge key", "<<: { a: 1 }"], ["null as key", "~: 1"],
    ["tab", "a:\t1"], ["two documents", "a: 1\n---\nb: 1"], ["directive", "%YAML 1.1\n---\na: yes"], ["too large a number", "a: 1e400"], ["nothing", ""], ["only a comment", "# a"], ["a bracket left open", "a: [1"], ["byte order mark inside", "a: 1\n\uFEFFb: 2"],
    ["byte order mark", "\uFEFF- a"], ["a tag without a name", "a: ! b: 1"], ["a text at the beginning", " |-\n\n # c"],
  ])("leaves to the other: %s", (_what, text) => {
    expect(plainValues(text)).toBeUndefined();
  });

  const pieces = [
    "a", "slug", "Müller", " ", "  ", "\n", "\n  ", "\n    ", "\n  - ", "\n- ", ":", ": ", "- ", "-", "[", "]", "{", "}", ", ", ",", "'", '"', "#", " # c", "?", "? ", "|", ">", "|-", "\n\n", "\t", "1", "0o7", "~", "null", "true", "no", "<<",
    "__proto__", "&", " & ", "*", "!", "&a", "*a", "%", "@", "`", "---", "...", "\r\n", "\\", "\u00a0", "\uFEFF", "1e400", "''", "x: 1", "\n  k: v", "2001-01-01", "customers:",
  ];
  const anything = fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((parts) => parts.join(""));
  /** Some lines of a real file, damaged in up to three places. */
  const damaged = fc.tuple(fc.constantFrom(...shipped), fc.nat(60), fc.integer({ min: 1, max: 16 }), fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.constantFrom("", ...pieces)), { maxLength: 3 }))
    .map(([text, from, lines, damage]) => damage.reduce((now, [place, gone, put]) => {
      const at = place % (now.length + 1);
      return now.slice(0, at) + put + now.slice(at + gone);
    }, text.split("\n").slice(from, from + lines).join("\n")));

  it.each([["pieces of YAML", anything], ["damaged files", damaged]])("never reads %s otherwise", { timeout: 60_000 }, (_what, text) => {
    fc.assert(fc.property(text, (written) => {
      const read = plainValues(written);
      if (read !== undefined) expect(slowly(written)).toStrictEqual(read);
    }), { numRuns: 1000 });
  });
});
