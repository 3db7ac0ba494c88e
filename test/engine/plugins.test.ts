/** The providers' plugins are found, are as old as their SDKs ask, and go away with the engine. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyProgram, type TinyProgram } from "./tiny-program.ts";

const source = `
import * as cloudflare from "@pulumi/cloudflare";
import * as docker from "@pulumi/docker";
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";

const cloud = new hcloud.Provider("cloud", { token: "t".repeat(64) });
new hcloud.SshKey("key", { publicKey: "ssh-ed25519 AAAA" }, { provider: cloud });
const engine = new docker.Provider("engine", { host: "tcp://127.0.0.1:1" });
const network = new docker.Network("network", {}, { provider: engine });
new docker.Container("container", {
  image: "postgres:18", command: ["postgres"], networksAdvanced: [{ name: network.name }],
}, { provider: engine });
const edge = new cloudflare.Provider("edge", { apiToken: "t".repeat(40), baseUrl: "http://127.0.0.1:1/client/v4" });
const certificate = new cloudflare.OriginCaCertificate("certificate", {
  csr: "csr", hostnames: ["example.com"], requestType: "origin-ecc",
}, { provider: edge });
certificate.certificate.apply(() => { if (pulumi.runtime.isDryRun()) throw new Error("a preview cannot know a certificate"); });
`;

/** Commands of this machine's processes that were started, directly or not, for the program in `folder`. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return environment.includes(folder) ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")] : [];
      } catch {
        return []; // ended meanwhile
      }
    });
}

describe("providers", () => {
  let program: TinyProgram;
  let scratch: string;
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "etage-"));
    program = tinyProgram(source, { TMPDIR: scratch });
    await program.must("stack", "init", "one");
  });
  afterAll(() => {
    program.remove();
    rmSync(scratch, { recursive: true });
  });

  it("plan resources of all three SDKs without a warning and without reaching their APIs", async () => {
    const said = await program.must("preview", "-s", "one");
    expect(said).toMatch(/8 to create/);
    expect(said).not.toMatch(/warning|error/i);
  });

  it("leave no process behind", async () => {
    await expect.poll(() => processesOf(program.folder), { timeout: 10_000, interval: 200 }).toEqual([]);
  });

  it("leave no socket behind", async () => {
    await expect.poll(() => readdirSync(scratch).filter((name) => /^plugin|^etage-bridge/.test(name)), { timeout: 10_000, interval: 200 }).toEqual([]);
  });

  it("say what is wrong when there is no token", async () => {
    const without = tinyProgram(
      `import * as cloudflare from "@pulumi/cloudflare"; export const ranges = cloudflare.getIpRangesOutput();`,
      { CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_API_KEY: "" },
    );
    try {
      await without.must("stack", "init", "one");
      const { code, text } = await without.pulumi("preview", "-s", "one");
      expect(code).not.toBe(0);
      expect(text).toContain("set CLOUDFLARE_API_TOKEN");
    } finally {
      without.remove();
    }
  });
});
