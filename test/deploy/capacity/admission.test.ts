/** Adding to hosts that fill up: who goes where, what is refused, and with which figures. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostWithRoom } from "../../../deploy/capacity/admission.ts";
import type { Context } from "../../../deploy/context.ts";
import { applyEdit } from "../../../deploy/customers/apply.ts";
import type { Changes, Edit } from "../../../deploy/customers/edit.ts";
import { planEdit } from "../../../deploy/customers/plan.ts";
import { exitCode, UserError } from "../../../deploy/errors.ts";
import { parseFile } from "../../../model/document.ts";
import { validate } from "../../../model/validate.ts";
import { type Change, texts } from "../../model/files.ts";

/** Room for 8 customers of 1000 MB on each shared host. */
const people = (...hosts: [host: string | undefined, count: number][]): Change => ({
  file: "c", text: `customers:\n${hosts.flatMap(([host, count], index) => Array.from({ length: count }, (_, at) => `  - { slug: c${index}-${at}, name: C, tier: shared${host ? `, host: ${host}` : ""} }\n`)).join("")}  - { slug: big, name: Big, tier: dedicated, phase: live }\n`,
});
const add = (changes: Changes = {}): Edit => ({ do: "add", slug: "cedar", changes: { ...changes, texts: { name: "Cedar", tier: "shared", ...changes.texts } } });
const set = (slug: string, changes: Changes): Edit => ({ do: "set", slug, changes });

function plan(edit: Edit, ...changes: Change[]) {
  const files = texts(changes);
  return planEdit(parseFile("hosting.yaml", files["hosting.yaml"]), parseFile("customers.yaml", files["customers.yaml"]), edit);
}

describe("a new customer of a shared tier", () => {
  it.each<[what: string, edit: Edit, changes: Change[], host: string | undefined]>([
    ["goes to the first host while that has room", add(), [people([undefined, 7])], undefined],
    ["goes to the next with room", add(), [people([undefined, 8], ["shared-2", 3])], "shared-2"],
    ["passes by one that is full as well", add(), [people([undefined, 8], ["shared-2", 8], ["shared-3", 1])], "shared-3"],
    ["needs as much as its own limit promises", add({ limits: { storageMegabytes: 6000 } }), [people([undefined, 3], ["shared-2", 2])], "shared-2"],
    ["goes to one that is empty as yet", add(), [people([undefined, 8]), ["h", "sharedHosts: 2\n"]], "shared-2"],
    ["goes where it is told", add({ texts: { host: "shared-2" } }), [people([undefined, 1], ["shared-2", 3])], "shared-2"],
    ["may begin another host", add({ texts: { host: "shared-3" } }), [people([undefined, 8], ["shared-2", 8])], "shared-3"],
    ["a dedicated one is nobody's concern here", add({ texts: { tier: "dedicated", phase: "live" } }), [people([undefined, 8])], undefined],
    ["is put where there is no room when somebody says so", add({ anyway: true }), [people([undefined, 8])], undefined],
  ])("%s", (_, edit, changes, host) => {
    const { overfull, after, faults } = plan(edit, ...changes);
    expect([faults, overfull]).toEqual([[], null]);
    expect(/slug: cedar.*$/m.exec(after)![0].match(/host: ([\w-]+)/)?.[1]).toBe(host);
  });

  it("is refused where no host has room, with the figures and what could be done", () => {
    expect(plan(add(), people([undefined, 8])).overfull).toEqual({
      host: "shared", message: "shared has no room for cedar; nothing was changed\n  disk: 9000 of 8000 MB would be taken, 1000 too much",
      hint: "--host shared-2 begins another shared host (or sharedHosts in hosting.yaml), a larger serverType or volumeGigabytes of the tier makes room; `deploy capacity` has the formula; --anyway does it all the same",
    });
  });

  it("is refused on the host that somebody named, and told which has room", () => {
    const { overfull } = plan(add({ texts: { host: "shared-2" } }), people([undefined, 3], ["shared-2", 8]));
    expect(overfull).toMatchObject({ host: "shared-2", message: expect.stringContaining("\n  shared: 5 more fit, disk is the limit"), hint: expect.stringMatching(/^--host shared has room;/) });
  });
});

describe("a change", () => {
  it.each<[what: string, edit: Edit, changes: Change[], host: string | null]>([
    ["more storage than is left", set("c0-1", { limits: { storageMegabytes: 4000 } }), [people([undefined, 6])], "shared"],
    ["more storage that is there", set("c0-1", { limits: { storageMegabytes: 3000 } }), [people([undefined, 6])], null],
    ["to a host that is full", set("c0-1", { texts: { host: "shared-2" } }), [people([undefined, 2], ["shared-2", 8])], "shared-2"],
    ["anything else on a host that is too full already", set("c0-1", { texts: { name: "New" } }), [people([undefined, 12])], null],
    ["less on a host that is too full already", set("c0-1", { limits: { storageMegabytes: 500 } }), [people([undefined, 12])], null],
    ["more on a host that is too full already", set("c0-1", { limits: { storageMegabytes: 1100 } }), [people([undefined, 12])], "shared"],
    ["away to a host of its own", set("c0-1", { texts: { tier: "dedicated" } }), [people([undefined, 12])], null],
    ["somebody goes", { do: "remove", slug: "c0-1" }, [people([undefined, 12])], null],
  ])("%s", (_, edit, changes, host) => {
    expect(plan(edit, ...changes).overfull?.host ?? null).toBe(host);
  });
});

describe("deploy customer add", () => {
  it("fills a host to the last place and then refuses, writing nothing", async () => {
    const root = mkdtempSync(join(tmpdir(), "etage-room-"));
    for (const [name, text] of Object.entries(texts([people([undefined, 6])]))) writeFileSync(join(root, name), text);
    const context = { root, signal: new AbortController().signal, report: { event() {}, text() {}, data() {} } } as unknown as Context;
    const go = { ask: false, dryRun: false };
    const more = (slug: string): Edit => ({ ...add(), slug });
    // Both were shown when there was one place for each of them.
    expect(await Promise.all([applyEdit(context, more("one"), go), applyEdit(context, more("two"), go)])).toEqual([0, 0]);
    const before = readFileSync(join(root, "customers.yaml"), "utf8");
    const refused = await applyEdit(context, more("three"), go).catch((error: unknown) => error as UserError);
    expect(refused).toMatchObject({ code: exitCode.refused, message: expect.stringContaining("shared has no room for three") });
    expect(readFileSync(join(root, "customers.yaml"), "utf8")).toBe(before);
    rmSync(root, { recursive: true });
  });
});

it("hostWithRoom names none for a tier that is not there, or not shared", () => {
  const files = texts([]);
  const { fleet } = validate(parseFile("hosting.yaml", files["hosting.yaml"]), parseFile("customers.yaml", files["customers.yaml"]));
  expect([hostWithRoom(fleet!, "gold", {}), hostWithRoom(fleet!, "dedicated", {}), hostWithRoom(fleet!, "shared", {})]).toEqual([undefined, undefined, "shared"]);
});
