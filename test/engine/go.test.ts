/** The Go programs have tests of their own; here they count with all others. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
// The flags of engine/build, so that what that compiled is not compiled again.
const environment = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly -trimpath -buildvcs=false" };
const go = (folder: string, ...args: string[]) => spawnSync("go", args, { cwd: join(root, folder), env: environment, encoding: "utf8" });
const packages = (folder: string, ...patterns: string[]) => (go(folder, "list", ...patterns).stdout?.trim().split("\n") ?? []).map((name) => ({ folder, name }));

describe.skipIf(go(".", "version").error)("Go packages", () => {
  const all = [...packages("engine", "./cmd/...", "./internal/..."), ...packages("bench/delay-line", "./...")];
  it.for(all)("$name", { timeout: 600_000 }, ({ folder, name }) => {
    const { status, stdout, stderr } = go(folder, "test", name);
    expect(stdout + stderr).toMatch(/^ok/m);
    expect(status).toBe(0);
  });
});
