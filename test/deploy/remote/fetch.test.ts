/** A host's file comes whole or not at all, and goes on where a killed run ended. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Command } from "../../../deploy/host/command.ts";
import { fetchFile } from "../../../deploy/remote/fetch.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";

/** This machine is the host; it needs no sudo. */
class Plain extends LocalRunner {
  pieces = 0;
  override run(command: Command, ...rest: unknown[]): ReturnType<LocalRunner["run"]> {
    this.pieces += 1;
    return super.run((command as string[]).slice(2), ...rest as []);
  }
}

const content = randomBytes(17 * 2 ** 10 + 5);
const sha256 = createHash("sha256").update(content).digest("hex");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "etage-fetch-"));
  writeFileSync(join(folder, "there"), content);
});
afterEach(() => { rmSync(folder, { recursive: true }); });
const options = (change: object = {}) => ({ from: join(folder, "there"), to: join(folder, "here", "acme.tar"), bytes: content.length, sha256, signal: new AbortController().signal, pieceBytes: 8 * 2 ** 10, ...change });
const part = (): string => join(folder, "here", `acme.tar.${sha256.slice(0, 12)}.part`);

it("in pieces, readable by its owner alone, and once", async () => {
  const host = new Plain();
  const told: number[] = [];
  await fetchFile(host, options({ progress: (bytes: number) => told.push(bytes) }));
  expect(readFileSync(join(folder, "here", "acme.tar")).equals(content)).toBe(true);
  expect(statSync(join(folder, "here", "acme.tar")).mode & 0o777).toBe(0o600);
  expect(told).toEqual([8 * 2 ** 10, 16 * 2 ** 10, content.length]);
  await fetchFile(host, options());
  expect([host.pieces, readdirSync(join(folder, "here"))]).toEqual([3, ["acme.tar"]]);
});

it("goes on after what a killed run has", async () => {
  await expect(fetchFile(new Plain(), options({ signal: AbortSignal.abort() }))).rejects.toThrow();
  writeFileSync(part(), content.subarray(0, 12 * 2 ** 10));
  const host = new Plain();
  await fetchFile(host, options());
  expect([host.pieces, readdirSync(join(folder, "here"))]).toEqual([1, ["acme.tar"]]);
});

it("what is not as it was sent does not get the name", async () => {
  await expect(fetchFile(new Plain(), options({ sha256: "0".repeat(64) }))).rejects.toThrow(/did not arrive as it was sent/);
  expect(readdirSync(join(folder, "here"))).toEqual([]);
  await expect(fetchFile(new Plain(), options({ bytes: content.length + 1 }))).rejects.toThrow(/ended after/);
});
