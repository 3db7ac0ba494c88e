/** The Go parts of the engine have tests of their own; here they count with all others. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const engine = join(import.meta.dirname, "../../engine");
// The flags of engine/build, so that what that compiled is not compiled again.
const environment = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly -trimpath -buildvcs=false" };
const go = (...args: string[]) => spawnSync("go", args, { cwd: engine, env: environment, encoding: "utf8" });

describe.skipIf(go("version").error)("Go packages", () => {
  it.for(go("list", "./cmd/...", "./internal/...").stdout?.trim().split("\n") ?? [])("%s", { timeout: 600_000 }, (name) => {
    const { status, stdout, stderr } = go("test", name);
    expect(stdout + stderr).toMatch(/^ok/m);
    expect(status).toBe(0);
  });
});
