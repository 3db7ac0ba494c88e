/** What is no plain YAML. */
import { describe, expect, it } from "vitest";
import { faultLines, warningLines, type Change } from "./files.ts";

/** What is done to the files; the faults it makes; the warnings, where there are any. */
type Case = [what: string, changes: Change[], faults: string[], warnings?: string[]];

const yaml: Case[] = [
  ["duplicate key", [["c", "name: Acme", `name: Acme\n    name: Acme Ltd`]], [
    "customers.yaml:4:5  the key `name` is there twice in one mapping; keep one of them  [yaml-duplicate-key]",
  ]],
  ["duplicate key at the top", [["h", `location: hel1\n`]], [
    "hosting.yaml:20:1  the key `location` is there twice in one mapping; keep one of them  [yaml-duplicate-key]",
  ]],
  ["tab as indentation", [["c", "    name: Acme", "\t\tname: Acme"]], [
    "customers.yaml:3:1  the line is indented with a tab; indent with spaces  [yaml-syntax]",
  ]],
  ["bracket left open", [["h", "zones: [example.net]", "zones: [example.net"]], [
    "hosting.yaml:4:1  expected `]` before this line; close the bracket  [yaml-syntax]",
  ]],
  ["quote left open", [["c", "name: Acme", `name: "Acme`]], [
    "customers.yaml:3:11  the quote that begins here is never closed  [yaml-syntax]",
  ]],
  ["colon without a blank", [["c", "name: Acme", "name:Acme"]], [
    "customers.yaml:3:5  expected `key: value`; check the indentation, and that a blank follows the colon  [yaml-syntax]",
  ]],
  ["wrong indentation", [["c", "    name: Acme", "   name: Acme"]], [
    "customers.yaml:3:1  Sequence item without - indicator; check the indentation  [yaml-syntax]",
  ]],
  ["nested mapping on one line", [["c", "name: Acme", "name: Acme: Ltd"]], [
    "customers.yaml:3:11  there is a second colon, or a deeper mapping, where a value was expected; put a text that contains a colon in quotes, and check the indentation  [yaml-syntax]",
  ]],
  ["anchor and alias: one fault", [["h", "limits: { users: 20, storageMegabytes: 1000 }", "limits: &small { users: 20, storageMegabytes: 1000 }"], ["h", `    serverType: cx23\n`, `    serverType: cx23\n    limits: *small\n`]], [
    "hosting.yaml:16:20  the anchor `&small` is not allowed here; write the value out; what many customers share belongs in their tier  [yaml-anchor]",
  ]],
  ["anchor with merge key: one fault", [["c", `  - slug: acme\n`, `  - &base\n    slug: acme\n`], ["c", `  - slug: birch\n    name: Birch\n`, `  - <<: *base\n    slug: birch\n    name: Birch\n`]], [
    "customers.yaml:3:5  the anchor `&base` is not allowed here; write the value out; what many customers share belongs in their tier  [yaml-anchor]",
  ]],
  ["alias without anchor", [["c", "name: Acme", "name: *acme"]], [
    "customers.yaml:3:11  `*acme` refers to an anchor that is not there; write the value out; put a text that begins with * in quotes  [yaml-anchor]",
  ]],
  ["tag", [["c", "name: Acme", "name: !secret Acme"]], [
    "customers.yaml:3:19  the tag `!secret` is not allowed here; write a plain value  [yaml-tag]",
  ]],
  ["two documents", [["c", `---\ncustomers: []\n`]], [
    "customers.yaml:13:1  the file holds several documents (`---`); one was expected  [yaml-syntax]",
  ]],
  ["empty file", [{ file: "c", text: "" }], [
    "customers.yaml:1:1  the file is empty; expected the keys that docs/configuration.md lists  [file-empty]",
  ]],
  ["only comments", [{ file: "h", text: `# nothing yet\n` }], [
    "hosting.yaml:1:1  the file is empty; expected the keys that docs/configuration.md lists  [file-empty]",
  ]],
  ["both broken: both told", [["h", "zones: [example.net]", "zones: [example.net"], ["c", "name: Acme", `name: "Acme`]], [
    "hosting.yaml:4:1  expected `]` before this line; close the bracket  [yaml-syntax]",
    "customers.yaml:3:11  the quote that begins here is never closed  [yaml-syntax]",
  ]],
  ["no YAML at all", [{ file: "c", text: "PK\u0003\u0004\u0000" }], [
    `customers.yaml:1:1  expected a mapping of keys, found "PK\\u0003\\u0004\\u0000"  [wrong-type]`,
  ]],
];

describe.each(Object.entries({ yaml }))("%s", (_section, cases) => {
  it.each(cases)("%s", (_what, changes, faults, warnings = []) => {
    expect(faultLines(...changes)).toEqual(faults);
    expect(warningLines(...changes)).toEqual(warnings);
  });
});
