/** What an edit shows, refuses and leads to. */
import { describe, expect, it } from "vitest";
import type { Edit } from "../../../deploy/customers/edit.ts";
import { type EditPlan, planEdit } from "../../../deploy/customers/plan.ts";
import { parseFile } from "../../../model/document.ts";
import { formatFaults } from "../../../model/faults.ts";
import { type Change, texts } from "../../model/files.ts";

function plan(edit: Edit, ...changes: Change[]): EditPlan {
  const files = texts(changes);
  return planEdit(parseFile("hosting.yaml", files["hosting.yaml"]), parseFile("customers.yaml", files["customers.yaml"]), edit);
}
const set = (slug: string, changes: Extract<Edit, { do: "set" }>["changes"]): Edit => ({ do: "set", slug, changes });
const cedar = (tier: string): Edit => ({ do: "add", slug: "cedar", changes: { texts: { name: "Cedar", email: "it@cedar.com", tier } } });

/** The edit, other files, lines of the difference without their surroundings, commands that follow. */
type Case = [what: string, edit: Edit, changes: Change[], difference: string[], next: string[]];

const edits: Case[] = [
  ["add behind the last of its tier, in lines like it", cedar("shared"), [], ["+  - slug: cedar", "+    name: Cedar", "+    email: it@cedar.com", "+    tier: shared"], ["deploy update shared"]],
  ["add beside entries on one line, with their order of keys", cedar("shared"), [{ file: "c", text: "customers:\n  - {tier: dedicated, name: Big, slug: big, phase: live} # first\n  - {tier: shared, name: Acme, slug: acme}\n" }],
    ["+  - {tier: shared, name: Cedar, email: it@cedar.com, slug: cedar}"], ["deploy update shared"]],
  ["add with a blank line where entries have one", cedar("shared"), [{ file: "c", text: "customers:\n  - slug: big\n    name: Big\n    tier: dedicated\n    phase: live\n\n  - slug: acme\n    name: Acme\n    tier: shared\n" }],
    ["+", "+  - slug: cedar", "+    name: Cedar", "+    email: it@cedar.com", "+    tier: shared"], ["deploy update shared"]],
  ["add the first", cedar("shared"), [{ file: "c", text: "customers: [] # nobody\n" }, ["h", "  rings: [{ hosts: [big] }, { tier: shared }]", "  rings: []"]],
    ["-customers: [] # nobody", "+customers: # nobody", "+  - slug: cedar", "+    name: Cedar", "+    email: it@cedar.com", "+    tier: shared"], ["deploy update shared"]],
  ["add a dedicated one: the shared host serves it until it has moved", cedar("dedicated"), [], ["+  - slug: cedar", "+    name: Cedar", "+    email: it@cedar.com", "+    tier: dedicated"], ["deploy apply"]],
  ["add a dedicated one with nothing to move: its stack, and a release", { do: "add", slug: "cedar", changes: { texts: { name: "Cedar", email: "it@cedar.com", tier: "dedicated", phase: "live" } } }, [], ["+  - slug: cedar", "+    name: Cedar", "+    email: it@cedar.com", "+    tier: dedicated", "+    phase: live"],
    ["pulumi stack init cedar && pulumi up -s cedar", "deploy update cedar"]],
  ["another tier: a move", set("acme", { texts: { tier: "dedicated" } }), [], ["-    tier: shared", "+    tier: dedicated"], ["deploy apply"]],
  ["suspend", set("acme", { texts: { status: "suspended" } }), [], ["+    status: suspended"], ["deploy update shared"]],
  ["resume: the key goes, its comment stays", set("acme", { texts: { status: null } }), [["c", "name: Acme\n", "name: Acme\n    status: suspended   # unpaid\n"]], ["-    status: suspended   # unpaid", "+    # unpaid"], ["deploy update shared"]],
  ["let go", set("acme", { texts: { status: "leaving", eraseOn: "2026-12-22" } }), [], ["+    status: leaving", '+    eraseOn: "2026-12-22"'], ["deploy update shared"]],
  ["brought back", set("acme", { texts: { status: null, eraseOn: null } }), [["c", "name: Acme\n", "name: Acme\n    status: leaving\n    eraseOn: 2026-12-22 # told on the phone\n"]], ["-    status: leaving", "-    eraseOn: 2026-12-22 # told on the phone", "+    # told on the phone"], ["deploy update shared"]],
  ["suspended already", set("acme", { texts: { status: "suspended" } }), [["c", "name: Acme\n", "name: Acme\n    status: suspended\n"]], [], []],
  ["a comment behind a value keeps its column", set("acme", { texts: { name: "Acme Limited" } }), [["c", "name: Acme\n", "name: Acme            # since 2019\n"]], ["-    name: Acme            # since 2019", "+    name: Acme Limited    # since 2019"], ["deploy update shared"]],
  ["quotes are kept", set("acme", { texts: { name: "B" } }), [["c", "name: Acme\n", `name: "Acme"\n`]], [`-    name: "Acme"`, `+    name: "B"`], ["deploy update shared"]],
  ["a text that would read as something else gets quotes", set("acme", { texts: { name: "no" } }), [], ["-    name: Acme", `+    name: "no"`], ["deploy update shared"]],
  ["a hostname more: a record and a name to answer for", set("birch", { addHostnames: ["b.example.net"] }), [], ["-    hostnames: [shop.example.net]", "+    hostnames: [shop.example.net, b.example.net]"], ["pulumi up -s shared", "deploy update shared"]],
  ["the last hostname goes with its key", set("birch", { dropHostnames: ["shop.example.net"] }), [], ["-    hostnames: [shop.example.net]"], ["pulumi up -s shared", "deploy update shared"]],
  ["a list in lines", set("birch", { addHostnames: ["b.example.net"], dropHostnames: ["shop.example.net"] }), [["c", "[shop.example.net]", "\n      - shop.example.net # old\n      - a.example.net"]],
    ["-      - shop.example.net # old", "+      # old", "+      - b.example.net"], ["pulumi up -s shared", "deploy update shared"]],
  ["the last key of a wrapped entry, behind a comment", set("acme", { texts: { email: null } }), [["c", "  - slug: acme\n    name: Acme\n    tier: shared\n", "  - {\n      slug: acme, name: Acme,\n      tier: shared, # small\n      email: a@b.com,\n    }\n"]],
    ["-      email: a@b.com,", "+      "], []],
  ["limits", set("acme", { limits: { users: 50 } }), [], ["+    limits: { users: 50 }"], ["deploy update shared"]],
  ["a label concerns no host", set("acme", { labels: { region: "eu" } }), [], ["+    labels: { region: eu }"], []],
  ["a size is the stack's", set("big", { texts: { serverType: "cx33" } }), [], ["+    serverType: cx33"], ["pulumi up -s big"]],
  ["remove", { do: "remove", slug: "acme" }, [], ["-  - slug: acme", "-    name: Acme", "-    tier: shared"], ["deploy update shared"]],
];

describe("an edit", () => {
  it.each(edits)("%s", (_what, edit, changes, difference, next) => {
    const planned = plan(edit, ...changes);
    expect(formatFaults(planned.faults)).toBe("");
    expect(planned.diff.split("\n").filter((line) => /^[+-]/.test(line))).toEqual(difference);
    expect(planned.next).toEqual(next);
  });

  it("tells all faults at once, at the lines of the file as it would be", () => {
    const { faults } = plan({ do: "add", slug: "www", changes: { texts: { name: "W", tier: "gold", email: "w" }, addHostnames: ["shop.example.net"], limits: { users: "many" } } });
    expect(formatFaults(faults).split("\n").map((line) => line.replace(/ {2}.*\[/, "  ["))).toEqual([
      "customers.yaml:13:11  [reserved-slug]", "customers.yaml:15:12  [wrong-value]", "customers.yaml:16:11  [known-tier]", "customers.yaml:17:17  [unique-hostname]", "customers.yaml:18:22  [wrong-type]",
    ]);
  });

  it("shows only the warnings that it brings", () => {
    const old: Change[] = [["c", "[shop.example.net]", "[a.b.example.net]"]];
    expect(plan(set("acme", { texts: { name: "B" } }), ...old).warnings).toEqual([]);
    expect(plan(set("acme", { addHostnames: ["c.d.example.net"] }), ...old).warnings).toHaveLength(1);
  });

  it.each<[string, Edit, RegExp]>([
    ["who leaves may come back until a day", set("acme", { texts: { status: "leaving", eraseOn: "2026-12-22" } }), /Leaving: it keeps its data .* On 2026-12-22 `deploy erase` .* until then `deploy customer resume acme`/],
    ["a suspension that ends", set("acme", { texts: { status: "suspended", eraseOn: "2026-12-22" } }), /Suspended: .* On 2026-12-22/],
    ["a removed dedicated customer's stack and runbook", { do: "remove", slug: "big" }, /runbooks\/retire-a-host\.md\): without its entry the stack big/],
    ["another host does not bring the data", set("acme", { texts: { host: "shared-2" } }), /Host shared-2 would serve acme instead of shared, but its data stays on shared/],
    ["suspended", set("acme", { texts: { status: "suspended" } }), /keeps its data/],
  ])("says: %s", (_what, edit, notice) => {
    expect(plan(edit, ["h", "  rings: [{ hosts: [big] }, { tier: shared }]", "  rings: []"]).notices.join("\n")).toMatch(notice);
  });

  it.each<[string, Edit, Change[], RegExp]>([
    ["an unknown slug", { do: "remove", slug: "acne" }, [], /no customer acne/],
    ["a file that is no YAML", { do: "remove", slug: "acme" }, [["c", "name: Acme", `name: "Acme`]], /never closed/],
    ["a file with an anchor", { do: "remove", slug: "acme" }, [["c", "name: Acme", "name: &a Acme"]], /anchor/],
    ["a form that it can't be sure of", set("acme", { texts: { name: "B" } }), [["c", "name: Acme", "name: >-\n      Acme"]], /edited here without risk/],
  ])("refuses %s", (_what, edit, changes, message) => {
    expect(() => plan(edit, ...changes)).toThrow(message);
  });
});
