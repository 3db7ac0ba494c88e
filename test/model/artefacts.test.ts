/** What is generated is fresh, and says the same as the schema it is made of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formatsPlugin from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { artefacts } from "../../model/artefacts.ts";
import { rules } from "../../model/rules/index.ts";
import { texts, type Change } from "./files.ts";

const root = join(import.meta.dirname, "../..");
const made = artefacts();

describe("generated files", () => {
  it.each(Object.entries(made))("%s is fresh (else: node model/generate-schemas.ts)", (path, text) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  });

  it("every rule is on the page, under a name of its own", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { name, says } of rules) expect(made["docs/configuration.md"]).toContain(`| \`${name}\``), expect(says).toMatch(/\.\)?$/);
  });

  it("every key is described", () => {
    const bare = made["docs/configuration.md"]!.split("\n").filter((line) => /^\| `.*\|  \|$/.test(line));
    expect(bare).toEqual([]);
  });
});

describe("JSON Schema", () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  // The package's default export is the function, or holds it, as the loader has it.
  (("default" in formatsPlugin ? formatsPlugin.default : formatsPlugin) as (ajv: Ajv) => void)(ajv);
  const validators = {
    "hosting.yaml": ajv.compile(JSON.parse(made["model/hosting.schema.json"]!)),
    "customers.yaml": ajv.compile(JSON.parse(made["model/customers.schema.json"]!)),
  };

  it.each(["hosting.yaml", "customers.yaml"] as const)("accepts the shipped %s, which names it in its first line", (name) => {
    const text = readFileSync(join(root, name), "utf8");
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=./model/${name.replace(".yaml", ".schema.json")}`);
    validators[name](parse(text));
    expect(validators[name].errors).toBeNull();
  });

  const refused: [what: string, change: Change][] = [
    ["an unknown key", ["c", "    phase: live", "    fase: live"]],
    ["a wrong slug", ["c", "slug: acme", "slug: Acme"]],
    ["a missing key", ["c", "    name: Acme\n", ""]],
    ["a wrong word", ["c", "phase: live", "phase: later"]],
    ["a number out of bounds", ["h", "users: 20", "users: 0"]],
    ["a wrong name of a tier", ["h", "  dedicated:\n", "  Dedicated:\n"]],
  ];
  it.each(refused)("refuses %s, as `deploy check` does", (_what, change) => {
    const name = "file" in change || change[0] === "c" ? "customers.yaml" : "hosting.yaml";
    expect(validators[name](parse(texts([change])[name]))).toBe(false);
  });
});
