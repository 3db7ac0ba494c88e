import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitForHost } from "../../infra/ready.ts";

const target = { host: "helmex", address: "203.0.113.7", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEexample", ownKey: false };
const patience = { deadline: 1000, pause: 5 };
const path = process.env.PATH;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ready-"));
  process.env.PATH = `${directory}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true });
});

/** Puts a program named ssh first on the PATH that behaves as machines at various stages do. Real ones: test/lab. */
function machine(behaviour: string): void {
  writeFileSync(join(directory, "ssh"), `#!/bin/sh\n${behaviour}\n`);
  chmodSync(join(directory, "ssh"), 0o755);
}

describe("waitForHost", () => {
  it("asks until sshd is there and the script is through", async () => {
    machine(`echo x >> ${directory}/asked
[ $(wc -l < ${directory}/asked) -gt 2 ] || { echo 'ssh: connect to host 203.0.113.7 port 22: Connection refused' >&2; exit 255; }
exec sh -s`);
    await waitForHost(target, "echo 'etage: ready'", patience);
    expect(readFileSync(`${directory}/asked`, "utf8")).toBe("x\nx\nx\n");
  });

  it("says what it saw last when the time is over", async () => {
    machine("echo 'ssh: connect to host 203.0.113.7 port 22: Connection refused' >&2; exit 255");
    await expect(waitForHost(target, "", { deadline: 100, pause: 5 })).rejects.toThrow(
      "host helmex (203.0.113.7) was not ready after 0 s. Last seen: ssh: connect to host 203.0.113.7 port 22: Connection refused. " +
      "Look at the server's console at Hetzner, then run `pulumi up -s helmex` again; it goes on from here",
    );
  });

  it("gives up on a host that hangs", async () => {
    machine("exec sleep 60");
    await expect(waitForHost(target, "", { deadline: 200, pause: 5 })).rejects.toThrow("was not ready after 0 s. Last seen: no answer");
  });

  it("does not talk to a machine with another key", async () => {
    machine("echo 'Host key verification failed.' >&2; exit 255");
    await expect(waitForHost(target, "", patience)).rejects.toThrow(
      /^host helmex \(203\.0\.113\.7\) is not ready: it does not hold the SSH key it was given \(ssh-ed25519 AAAA.*nothing was sent to it$/,
    );
  });

  it("ends at once with what the script found wrong", async () => {
    machine("exec sh -s");
    await expect(waitForHost(target, "echo 'the data volume is not mounted at /mnt/x' >&2; exit 65", patience)).rejects.toThrow(
      "host helmex (203.0.113.7) is not ready: the data volume is not mounted at /mnt/x. Log in with `ssh deploy@203.0.113.7`",
    );
  });
});
