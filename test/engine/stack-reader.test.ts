/** Reading stacks that the real engine wrote: from files, through the command, with and without the passphrase. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stackReader } from "../../deploy/stack/reader.ts";
import { fingerprint } from "../../model/outputs.ts";
import { outputsOf, secretsOf } from "../deploy/support/fleet.ts";
import { type TinyProgram, tinyProgram } from "./tiny-program.ts";

const source = (open: object, secret: object): string => `
import * as pulumi from "@pulumi/pulumi";
const secrets = ${JSON.stringify(secret)};
export default async () => ({ ...${JSON.stringify(open)}, ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, pulumi.secret(value)])) });
`;

describe("a stack", () => {
  let program: TinyProgram;
  let backend: string;
  let file: string;
  const environment = { ...process.env };
  const without = (...names: string[]): void => names.forEach((name) => { delete process.env[name]; });

  beforeAll(async () => {
    program = tinyProgram(source(outputsOf("orion"), secretsOf));
    backend = `file://${program.folder}/backend`;
    file = join(program.folder, "backend/.pulumi/stacks/tiny/orion.json");
    await program.must("stack", "init", "orion");
    await program.must("up", "-s", "orion", "--yes", "--skip-preview");
  });
  afterAll(() => program?.remove());
  beforeEach(() => { Object.assign(process.env, { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: "tiny" }); });
  afterEach(() => {
    without("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PATH");
    Object.assign(process.env, environment);
  });

  it("in a file is read without pulumi and without the passphrase", async () => {
    without("PATH", "PULUMI_CONFIG_PASSPHRASE");
    expect(await stackReader(program.folder, backend).outputs("orion")).toEqual(outputsOf("orion"));
    expect(await stackReader(program.folder, "file://backend").outputs("orion")).toEqual(outputsOf("orion"));
  });

  it("is found where pulumi says, when the environment does not", async () => {
    expect(await stackReader(program.folder, undefined).outputs("orion")).toEqual(outputsOf("orion"));
  });

  it("elsewhere is read through pulumi, without the passphrase as well", async () => {
    without("PULUMI_CONFIG_PASSPHRASE");
    expect(await stackReader(program.folder, "s3://not-a-file").outputs("orion")).toEqual(outputsOf("orion"));
  });

  it("gives its secrets to who has the passphrase", async () => {
    expect(await stackReader(program.folder, backend).secrets("orion")).toEqual(secretsOf);
    process.env.PULUMI_CONFIG_PASSPHRASE = "another";
    await expect(stackReader(program.folder, backend).secrets("orion")).rejects.toThrow("the passphrase does not open the secrets of stack orion");
    without("PULUMI_CONFIG_PASSPHRASE");
    await expect(stackReader(program.folder, backend).secrets("orion")).rejects.toThrow("the passphrase of Pulumi's secrets is not set");
  });

  it("that does not exist is named", async () => {
    await expect(stackReader(program.folder, backend).outputs("helmex")).rejects.toThrow("there is no stack helmex yet");
  });

  it("is read anew by every run: a change by hand keeps its time, and is seen", async () => {
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replaceAll("203.0.113.7", "203.0.113.8"));
    expect((await stackReader(program.folder, backend).outputs("orion")).address).toBe("203.0.113.8");
    writeFileSync(file, before);
    expect((await stackReader(program.folder, backend).outputs("orion")).address).toBe("203.0.113.7");
  });

  it("whose secrets changed after it was read is not mixed", async () => {
    const before = readFileSync(file, "utf8");
    const reader = stackReader(program.folder, backend);
    const { fingerprints } = await reader.outputs("orion");
    writeFileSync(file, before.replaceAll(fingerprints.redisUrl, fingerprint("another")));
    const stale = stackReader(program.folder, backend);
    await stale.outputs("orion");
    writeFileSync(file, before);
    await expect(stale.secrets("orion")).rejects.toThrow("the secrets of stack orion (redisUrl) are not those that it was read with");
    expect(await reader.secrets("orion")).toEqual(secretsOf);
  });

  it("in a compressed file is left to pulumi", async () => {
    process.env.PULUMI_DIY_BACKEND_GZIP = "true";
    try {
      await program.must("up", "-s", "orion", "--yes", "--skip-preview");
      expect(await stackReader(program.folder, backend).outputs("orion")).toEqual(outputsOf("orion"));
    } finally {
      delete process.env.PULUMI_DIY_BACKEND_GZIP;
    }
  });
});
