/** What stacks and infra lean on in the engine itself: TypeScript as it is, stashes, references between stacks. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyProgram, type TinyProgram } from "./tiny-program.ts";

const source = `
import * as pulumi from "@pulumi/pulumi";
import { randomBytes } from "node:crypto";
const fresh: string = randomBytes(8).toString("hex");
const stash = new pulumi.Stash("password", { input: pulumi.secret({ value: fresh }) }, { ignoreChanges: ["input"] });
export const kept = stash.output;
export const thisRun = fresh;
export const setting = new pulumi.Config().require("setting");
export const folder = process.cwd();
`;

const reader = `
import * as pulumi from "@pulumi/pulumi";
const other = new pulumi.StackReference("organization/tiny/" + new pulumi.Config().require("other"));
export const read = other.requireOutput("kept");
`;

describe("a plain program", () => {
  let program: TinyProgram;
  let first: any;
  beforeAll(async () => {
    program = tinyProgram(source);
    await program.must("stack", "init", "one");
    await program.must("config", "set", "setting", "hello", "-s", "one");
    const said = await program.must("up", "--yes", "--skip-preview", "-s", "one");
    expect(said).not.toMatch(/warning|error/);
    first = await program.outputs("one");
  });
  afterAll(() => program.remove());

  it("reads its configuration from the folder of the stacks, and runs there", () => {
    expect(first.setting).toBe("hello");
    expect(first.folder).toMatch(/\/stacks$/);
  });

  it("keeps a stashed secret though every run offers another, and shows no change", async () => {
    expect(first.kept).toEqual({ value: first.thisRun });
    expect(await program.must("up", "--yes", "--skip-preview", "-s", "one")).toMatch(/2 unchanged/);
    const second = await program.outputs("one");
    expect(second.thisRun).not.toBe(first.thisRun);
    expect(second.kept).toEqual(first.kept);
    expect(await program.must("stack", "export", "-s", "one")).not.toContain(first.kept.value);
  });

  it("lets another stack read its outputs, and says which stack is missing", async () => {
    program.write(reader);
    await program.must("stack", "init", "two");
    await program.must("config", "set", "other", "one", "-s", "two");
    await program.must("up", "--yes", "--skip-preview", "-s", "two");
    expect((await program.outputs("two")).read).toEqual(first.kept);

    await program.must("config", "set", "other", "nowhere", "-s", "two");
    const { code, text } = await program.pulumi("up", "--yes", "--skip-preview", "-s", "two");
    expect(code).not.toBe(0);
    expect(text).toContain("organization/tiny/nowhere");
  });

  it("reports a program that throws, once, with its place", async () => {
    program.write(`throw new Error("out of cheese");`);
    const { code, text } = await program.pulumi("preview", "-s", "one");
    expect(code).not.toBe(0);
    expect(text).toMatch(/out of cheese/);
    expect(text).toMatch(/stacks\/index\.ts/);
    expect(text).not.toMatch(/the program failed/);
  });

  it("destroys without running the program", async () => {
    const said = await program.must("destroy", "--yes", "--skip-preview", "-s", "one");
    expect(said).toMatch(/2 deleted/);
  });
});
