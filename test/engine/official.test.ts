/** Where Pulumi's own engine is on PATH with its plugins, nothing is built and nothing of it is hidden. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const bash = (script: string, environment: NodeJS.ProcessEnv) =>
  execFileSync("bash", ["-euo", "pipefail", "-c", script], { cwd: root, env: { ...process.env, ...environment }, encoding: "utf8" });

describe("a pulumi that is there already", () => {
  const folder = mkdtempSync(join(tmpdir(), "etage-official-"));
  const cache = join(folder, "cache");
  const installed = join(folder, "bin");
  let environment: NodeJS.ProcessEnv;

  beforeAll(() => {
    mkdirSync(cache);
    mkdirSync(installed);
    // The engine at hand, in a place that is not ours, plays the installed one.
    symlinkSync(execFileSync("which", ["pulumi"], { encoding: "utf8" }).trim(), join(installed, "pulumi"));
    environment = { PATH: `${installed}:${process.env["PATH"]}`, ETAGE_CACHE: cache };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is used when it has the plugins that our packages ask for", () => {
    expect(bash("engine/build 2>&1", environment)).toBe("");
    expect(readdirSync(cache).some((name) => name.endsWith(".official"))).toBe(true);
    expect(readdirSync(cache).filter((name) => name.startsWith(".engine"))).toEqual([]);
    const after = bash(`PULUMI_HOME=/mine; . bin/environment; command -v pulumi; echo "$PULUMI_HOME"`, environment);
    expect(after).toBe(`${join(installed, "pulumi")}\n/mine\n`);
  });

  it("is not used when it is older than what our stacks need", () => {
    rmSync(join(installed, "pulumi"));
    const old = join(folder, "old");
    execFileSync("bash", ["-c", `printf '#!/bin/sh\\necho v3.100.0\\n' > ${old}; chmod +x ${old}`]);
    symlinkSync(old, join(installed, "pulumi"));
    const said = bash(
      `root=$PWD; . engine/key.sh; version() { engine_versions | tr , '\\n' | sed -n "s/^$1=//p"; }
       target=$ETAGE_CACHE/engine-$(engine_key); . engine/official.sh; if use_official; then echo used; else echo refused; fi`,
      environment,
    );
    expect(said).toBe("refused\n");
  });
});
