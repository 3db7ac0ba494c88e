import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { cloudInit } from "../../infra/cloud-init.ts";
import { newKeyPair } from "../../infra/openssh-key.ts";

const hostKey = newKeyPair();
const text = cloudInit({ operatorKeys: ["ssh-ed25519 AAAAone", "ssh-ed25519 AAAAtwo"], hostKey });
const config = parse(text);

describe("cloudInit", () => {
  it("begins as cloud-init wants it and fits into Hetzner's 32 KiB", () => {
    expect(text.startsWith("#cloud-config\n")).toBe(true);
    expect(text.length).toBeLessThan(8 * 1024);
  });

  it("has one user, who logs in by key", () => {
    expect(config.users).toEqual([{
      name: "deploy", gecos: "Operators", shell: "/bin/bash", groups: ["docker"], sudo: "ALL=(ALL) NOPASSWD:ALL", lock_passwd: true,
      ssh_authorized_keys: ["ssh-ed25519 AAAAone", "ssh-ed25519 AAAAtwo"],
    }]);
    expect(config).toMatchObject({ disable_root: true, ssh_pwauth: false });
  });

  it("gives the host its pinned key, line breaks and all, and no other", () => {
    expect(config.ssh_keys).toEqual({ ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey });
    expect(config.ssh_deletekeys).toBe(true);
    expect(file("/etc/ssh/sshd_config.d/10-etage.conf")).toContain("HostKey /etc/ssh/ssh_host_ed25519_key\n");
  });

  it("bounds container logs and keeps containers through a restart of the engine", () => {
    expect(JSON.parse(file("/etc/docker/daemon.json"))).toEqual({
      "live-restore": true, "log-driver": "json-file", "log-opts": { "max-size": "10m", "max-file": "3" },
    });
  });

  it("makes the folders for secrets, closed to everybody else", () => {
    expect(config.runcmd).toContainEqual(["install", "-d", "-o", "root", "-g", "10001", "-m", "0750", "/etc/etage", "/etc/etage/secrets", "/etc/etage/tls"]);
  });

  it("makes the folder of backups, whose files are reached by name only, and gets restic where hosts back up", () => {
    expect(config.runcmd).toContainEqual(["install", "-d", "-o", "root", "-g", "root", "-m", "0711", "/etc/etage/backup"]);
    const { runcmd } = parse(cloudInit({ operatorKeys: [], hostKey, backup: true }));
    expect(runcmd.slice(0, -1)).toEqual(config.runcmd);
    expect(runcmd.at(-1)[2]).toMatch(/^command -v restic .*apt-get install .* restic; }$/);
    expect(JSON.stringify(config.runcmd)).not.toContain("restic");
  });

  it("gives every file its content as text", () => {
    expect(config.write_files.every((entry: { content: unknown }) => typeof entry.content === "string")).toBe(true);
  });
});

function file(path: string): string {
  return config.write_files.find((entry: { path: string }) => entry.path === path).content;
}
