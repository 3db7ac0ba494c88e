/** Hetzner's own Python client as a judge. Its package is kept in the system's temporary folder between runs. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openTestCloud } from "./cloud.ts";

const run = promisify(execFile);
const version = "2.27.0";
const folder = join(tmpdir(), `etage-python-hcloud-${version}`);
const python = join(folder, "bin", "python");
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINLxo1hkmP2SPtJuaShRrcKYAed2dqK1MxgF0GhzoaV+ operator";

/** Undefined when the client is ready, otherwise why it can't be had. */
async function install(): Promise<string | undefined> {
  try {
    await run(python, ["-c", "import hcloud"]);
    return undefined;
  } catch {
    // Not there yet, or left half done.
  }
  try {
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `hcloud==${version}`], { timeout: 120_000 });
    return existsSync(python) ? undefined : "python3 made no environment";
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr || (error as Error).message).trim().split("\n");
    return `the Python client can't be installed: ${lines.at(-1)}`;
  }
}

it("lists, creates and deletes with the official Python client, unchanged", async (context) => {
  const missing = await install();
  if (missing) return context.skip(missing);
  const cloud = await openTestCloud();
  try {
    const { stdout } = await run(python, [join(import.meta.dirname, "python-client.py"), cloud.hetzner.endpoint, cloud.token, key]);
    expect(stdout.trim()).toBe("done");
    expect([cloud.machines.made.size, cloud.machines.volumes.size, cloud.machines.networks.size]).toEqual([0, 0, 0]);
  } finally {
    await cloud.hetzner.close();
  }
});
