/** Editing real files: written as a whole, one program at a time, or not at all. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyEdit } from "../../../deploy/customers/apply.ts";
import type { Edit } from "../../../deploy/customers/edit.ts";
import { exclusively } from "../../../deploy/customers/write.ts";
import type { Context } from "../../../deploy/context.ts";
import { texts } from "../../model/files.ts";

const never = new AbortController().signal;
let root: string;
let said: string[];
let data: unknown[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "etage-customers-"));
  [said, data] = [[], []];
  for (const [name, text] of Object.entries(texts([]))) writeFileSync(join(root, name), text);
});
afterEach(() => { rmSync(root, { recursive: true }); });

const context = (): Context => ({ root, signal: never, report: { event() {}, text: (text: string) => said.push(text), data: (value: unknown) => data.push(value) } }) as unknown as Context;
const file = (): string => readFileSync(join(root, "customers.yaml"), "utf8");
/** More than the little host has room for, some of them. */
const add = (slug: string): Edit => ({ do: "add", slug, changes: { anyway: true, texts: { name: slug, tier: "shared" } } });
const goodbye: Edit = { do: "set", slug: "acme", changes: { texts: { status: "leaving", eraseOn: "2026-12-22" } } };
const go = { ask: false, dryRun: false };

describe("an edit of real files", () => {
  it("writes, keeps the mode, leaves nothing beside", async () => {
    chmodSync(join(root, "customers.yaml"), 0o640);
    expect(await applyEdit(context(), add("cedar"), go)).toBe(0);
    expect(file()).toContain("  - slug: cedar\n    name: cedar\n    tier: shared\n  - slug: big\n");
    expect(statSync(join(root, "customers.yaml")).mode & 0o777).toBe(0o640);
    expect(readdirSync(root).sort()).toEqual([".etage", "customers.yaml", "hosting.yaml"]);
    expect(said.at(-1)).toBe("customers.yaml is written. Next: deploy update shared");
    expect(data).toEqual([expect.objectContaining({ customer: "cedar", did: "add", written: true, next: ["deploy update shared"] })]);
  });
  it("follows a link", async () => {
    renameSync(join(root, "customers.yaml"), join(root, "real.yaml"));
    symlinkSync("real.yaml", join(root, "customers.yaml"));
    await applyEdit(context(), add("cedar"), go);
    expect(readFileSync(join(root, "real.yaml"), "utf8")).toContain("cedar");
  });
  it.each<[string, Edit, typeof go & { confirm?: string }, number | RegExp]>([
    ["a dry run", add("cedar"), { ...go, dryRun: true }, 0],
    ["nothing to change", { do: "set", slug: "acme", changes: { texts: { status: null } } }, go, 0],
    ["faults", add("www"), go, /reserved name/],
    ["nobody to ask", add("cedar"), { ...go, ask: true }, /no terminal/],
    ["a goodbye without its slug typed", goodbye, go, /no terminal/],
    ["a goodbye with another slug typed", goodbye, { ...go, confirm: "birch" }, /is not acme/],
  ])("leaves the file alone: %s", async (_what, edit, options, outcome) => {
    const before = file();
    const done = applyEdit(context(), edit, options);
    if (typeof outcome === "number") expect(await done).toBe(outcome);
    else await expect(done).rejects.toThrow(outcome);
    expect(file()).toBe(before);
  });
  it("lets go when the slug is there twice", async () => {
    expect(await applyEdit(context(), goodbye, { ...go, confirm: "acme" })).toBe(0);
    expect(file()).toContain("    status: leaving\n    eraseOn: \"2026-12-22\"\n");
  });
  it("edits what others wrote in the meantime", async () => {
    const lock = join(root, ".etage", "customers.lock");
    let edit: Promise<number> | undefined;
    await exclusively(lock, never, async () => {
      edit = applyEdit(context(), add("cedar"), go);
      await new Promise((resolve) => setTimeout(resolve, 120));
      writeFileSync(join(root, "customers.yaml"), `# changed\n${file()}`);
    });
    expect(await edit).toBe(0);
    expect(file()).toMatch(/^# changed\n[^]*cedar/);
  });
  it("twenty at once lose none", async () => {
    const slugs = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await Promise.all(slugs.map((slug) => applyEdit(context(), add(slug), go)));
    for (const slug of slugs) expect(file()).toContain(`slug: ${slug}\n`);
  });
});

describe("the lock", () => {
  it("is refused while another holds it, and free when its holder was killed", async () => {
    const lock = join(root, "lock");
    const holder = spawn(process.execPath, ["--input-type=module", "-e", `import { DatabaseSync } from "node:sqlite"; new DatabaseSync(${JSON.stringify(lock)}).exec("begin exclusive"); console.log("held"); setInterval(() => {}, 1000);`], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise((resolve) => holder.on("exit", resolve));
    try {
      await new Promise((resolve) => holder.stdout.once("data", resolve));
      await expect(exclusively(lock, never, () => 1, 100)).rejects.toThrow(/edited by another program/);
    } finally {
      holder.kill("SIGKILL");
      await ended;
    }
    expect(await exclusively(lock, never, () => 1, 100)).toBe(1);
  });
});
