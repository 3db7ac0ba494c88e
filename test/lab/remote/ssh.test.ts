/** The SSH connection against a real server: what is run, told, refused, and noticed when it dies. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pRetry from "p-retry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { script } from "../../../deploy/host/command.ts";
import type { Runner } from "../../../deploy/remote/runner.ts";
import { connectSsh } from "../../../deploy/remote/ssh.ts";
import { buildImages } from "../../../lab/images/build.ts";

const docker = (...words: string[]): string => execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

const SERVER = `
useradd --create-home --shell /bin/bash deploy
install -d -o deploy -m 0700 ~deploy/.ssh
echo "$1" >~deploy/.ssh/authorized_keys
mkdir -p /run/sshd
ssh-keygen -A
exec /usr/sbin/sshd -D -e
`;

describe("a connection", () => {
  let folder: string;
  let container: string;
  let address: string;
  let hostKey: string;
  const opened: Runner[] = [];
  const connect = async (difference: Partial<{ hostKey: string; user: string; keyPath: string }> = {}): Promise<Runner> => {
    const runner = await connectSsh({ host: "orion", address, user: difference.user ?? "deploy", hostKey: difference.hostKey ?? hostKey }, { keyPath: difference.keyPath ?? join(folder, "key") });
    opened.push(runner);
    return runner;
  };
  const newKey = (name: string): string => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
    return readFileSync(join(folder, `${name}.pub`), "utf8").trim();
  };

  beforeAll(async () => {
    const { all } = await buildImages();
    folder = mkdtempSync(join(tmpdir(), "etage-ssh-"));
    container = docker("run", "--detach", "--entrypoint", "sh", all.machine.tag, "-c", SERVER.trim(), "server", newKey("key"));
    address = docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container);
    hostKey = await pRetry(() => docker("exec", container, "cat", "/etc/ssh/ssh_host_ed25519_key.pub"), { retries: 50, minTimeout: 100, factor: 1 });
    hostKey = hostKey.split(" ").slice(0, 2).join(" ");
    await pRetry(() => connect(), { retries: 50, minTimeout: 100, factor: 1 });
  });
  afterAll(async () => {
    await Promise.all(opened.map((runner) => runner.close()));
    if (container) docker("rm", "--force", container);
    if (folder) rmSync(folder, { recursive: true });
  });

  it("runs commands, first and later, alone and side by side", async () => {
    const runner = await connect();
    const told = async (name: string): Promise<unknown> => runner.run(script("told", `cat; echo "$1" >&2; exit 3`, name), { stdin: "Größe\n\0 $(no)" });
    for (const name of ["one", "it's two", "three"]) expect(await told(name)).toEqual({ code: 3, stdout: "Größe\n\0 $(no)", stderr: `${name}\n` });
    const names = ["a", "b", "c", "d", "e"];
    expect(await Promise.all(names.map(told))).toEqual(names.map((name) => ({ code: 3, stdout: "Größe\n\0 $(no)", stderr: `${name}\n` })));
    expect(await runner.run(["cat"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("carries much in both directions, and whole letters as they come", async () => {
    const runner = await connect();
    const much = "ğüşiöç ".repeat(200_000);
    for (let time = 0; time < 2; time += 1) {
      let seen = "";
      const { stdout } = await runner.run(["cat"], { stdin: much, onOutput: (chunk) => { seen += chunk; } });
      expect([stdout === much, seen === much]).toEqual([true, true]);
    }
  });

  it("takes a command as long as a batch with everything in it", async () => {
    const runner = await connect();
    await runner.run(["true"]);
    // More than a program's argument may hold; a shell that stands by reads it instead.
    await expect.poll(async () => (await runner.run(["printf", "%s", "x".repeat(200_000)])).stdout.length).toBe(200_000);
  });

  it("never takes a command that was killed for one that is done", async () => {
    const runner = await connect();
    for (let time = 0; time < 3; time += 1) {
      const { code, stderr } = await runner.run(script("suicide", "kill -KILL $$; sleep 1"));
      expect(`${code} ${stderr}`).toMatch(/^128 ended by SIGKILL|^137 /);
    }
  });

  it("goes on when the shells that stood by were ended", async () => {
    const runner = await connect();
    await runner.run(["true"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    docker("exec", container, "pkill", "-KILL", "-f", "etage_bytes");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await runner.run(["echo", "still here"])).toMatchObject({ code: 0, stdout: "still here\n" });
  });

  it("lets commands wait that are more than a server allows at once", async () => {
    const runner = await connect();
    const many = Array.from({ length: 25 }, (_, at) => String(at));
    for (let time = 0; time < 3; time += 1) {
      const all = await Promise.all(many.map((at) => runner.run(script("slow", `sleep 0.1; echo "$1"`, at))));
      expect(all.map(({ stdout }) => stdout.trim())).toEqual(many);
    }
  });

  it("is refused with a remedy", async () => {
    newKey("other");
    await expect(connect({ keyPath: join(folder, "other") })).rejects.toMatchObject({ message: `orion (deploy@${address}) does not accept our SSH key`, hint: expect.stringContaining("operator in hosting.yaml") });
    const mismatch = newKey("wrong").split(" ").slice(0, 2).join(" ");
    await expect(connect({ hostKey: mismatch })).rejects.toThrow("shows another SSH host key than the one it was made with; not connecting");
  });

  it("that dies in the middle of a command is not taken for its end", async () => {
    const runner = await connect();
    await runner.run(["true"]);
    const running = runner.run(["sleep", "10"]);
    setTimeout(() => docker("kill", container), 300);
    await expect(running).rejects.toThrow(/orion does not answer any more/);
    expect(runner.alive).toBe(false);
    await expect(runner.run(["true"])).rejects.toThrow(/orion does not answer any more/);
  });
});
