/** bin/deploy starts the program at once when nothing is missing, and sets up first when something is. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "etage-bin-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), mode);
}

/** What is printed in a project that has, or lacks, those parts. */
function run(has: { packages?: boolean; pulumi?: boolean; node?: string } = {}): string {
  const { packages = true, pulumi = true, node = process.version } = has;
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(join(import.meta.dirname, "../../bin/deploy"), join(folder, "bin/deploy"));
  put("bin/environment", "");
  put("bin/setup", "#!/bin/sh\necho setting up >&2\n", 0o755);
  put("deploy/cli.ts", "console.error(`deploying ${process.argv[2]}`);");
  if (packages) mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (pulumi) put("tools/pulumi", "#!/bin/sh\n", 0o755);
  put("tools/node", `#!/bin/sh\n[ "$1" != --version ] || { echo ${node}; exit; }\nexec ${process.execPath} "$@"\n`, 0o755);
  return spawnSync(join(folder, "bin/deploy"), ["v42"], { env: { PATH: `${join(folder, "tools")}:/usr/bin:/bin` }, encoding: "utf8" }).stderr;
}

it("sets nothing up when nothing is missing", () => expect(run()).toBe("deploying v42\n"));
it("brings packages first", () => expect(run({ packages: false })).toBe("setting up\ndeploying v42\n"));
it("brings an engine first", () => expect(run({ pulumi: false })).toBe("setting up\ndeploying v42\n"));
it.each(["v22.20.0", "v9.9.9", "nothing"])("brings another Node instead of %s", (node) => expect(run({ node })).toBe("setting up\ndeploying v42\n"));
it("takes a newer Node", () => expect(run({ node: "v26.0.0" })).toBe("deploying v42\n"));
