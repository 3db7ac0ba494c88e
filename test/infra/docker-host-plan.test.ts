import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readyScript, sshArguments, sshOptions } from "../../infra/docker-host-plan.ts";

const target = { host: "shared", address: "203.0.113.7", hostKey: "ssh-ed25519 AAAAkey", ownKey: true };

describe("sshOptions", () => {
  it("pins the host key by a command and names the operator's key by its variable, so that no path gets into the state", () => {
    const options = sshOptions(target).filter((option) => option !== "-o");
    expect(options).toContain("KnownHostsCommand=/bin/echo shared ssh-ed25519 AAAAkey");
    expect(options).toContain("StrictHostKeyChecking=yes");
    expect(options).toContain("IdentityFile=${ETAGE_SSH_KEY}");
    expect(options.filter((option) => /=[^/]*\/(?!dev\/null|bin\/echo)/.test(option))).toEqual([]);
  });

  it("leaves the key to the agent when there is no ETAGE_SSH_KEY", () => {
    expect(sshOptions({ ...target, ownKey: false }).join(" ")).not.toContain("IdentityFile");
  });

  it("are understood by the ssh client of this machine", () => {
    const understood = execFileSync("ssh", ["-G", ...sshArguments(target)], { encoding: "utf8", env: { ...process.env, ETAGE_SSH_KEY: "/keys/one" } });
    expect(understood).toContain("hostkeyalias shared\n");
    expect(understood).toContain("knownhostscommand /bin/echo shared ssh-ed25519 AAAAkey\n");
    expect(understood).toContain("batchmode yes\n");
  });
});

describe("readyScript", () => {
  const script = readyScript("/mnt/HC_Volume_17");

  it("is a shell script without slips", () => {
    expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
  });

  it("looks for the volume where Hetzner mounts it and by the device it is", () => {
    expect(script).toContain("until mountpoint -q /mnt/HC_Volume_17; do");
    expect(script).toContain("device=/dev/disk/by-id/scsi-0HC_Volume_17\n");
    expect(script).toContain("After=mnt-HC_Volume_17.mount");
  });

  it("makes the folders on the volume for those who use them", () => {
    expect(script).toContain("[ -d /mnt/HC_Volume_17/uploads ] || sudo install -d -o 10001 -g 10001 -m 0750 /mnt/HC_Volume_17/uploads");
  });
});
