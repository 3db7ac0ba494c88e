import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backupScript, readyScript, sshArguments, sshOptions } from "../../infra/docker-host-plan.ts";

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

describe("backupScript", () => {
  it.each([undefined, "/mnt/backup", "/mnt/it's $HOME"])("is a shell script without slips, for a store at %s", (path) => {
    expect(() => execFileSync("sh", ["-n"], { input: backupScript(path) })).not.toThrow();
  });

  it("makes the place of a mounted store, and leaves one that is there alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "etage-backup-"));
    const run = (path: string) => execFileSync("sh", ["-s"], { input: `sudo() { case $* in *"/etc/etage"*) ;; *) "$@" ;; esac; }\n${backupScript(path)}`, encoding: "utf8" });
    expect(run(join(folder, "it's $HOME"))).toContain("etage: ready");
    expect(statSync(join(folder, "it's $HOME")).mode & 0o777).toBe(0o755);
    chmodSync(join(folder, "it's $HOME"), 0o700);
    run(join(folder, "it's $HOME"));
    expect(statSync(join(folder, "it's $HOME")).mode & 0o777).toBe(0o700);
    rmSync(folder, { recursive: true });
  });
});
