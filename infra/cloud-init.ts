/** The cloud-config that turns a fresh Hetzner image into a host. Pure: text in, text out. */
import { stringify } from "yaml";
import type { KeyPair } from "./openssh-key.ts";

export interface CloudInitArgs {
  /** Who may log in as `deploy`: OpenSSH public keys. */
  operatorKeys: readonly string[];
  hostKey: KeyPair;
  /** Whether hosts back up, and so need restic. */
  backup?: boolean;
}

/** Whom operators log in as. Root can't. */
export const LOGIN_USER = "deploy";
/** Group that may read the app's secrets and TLS files on a host; the app and the proxy run in it. */
export const SECRETS_GROUP = 10001;

/** Text for Hetzner's `user_data` (at most 32 KiB there). */
export function cloudInit({ operatorKeys, hostKey, backup = false }: CloudInitArgs): string {
  return `#cloud-config\n${stringify({
    users: [{
      name: LOGIN_USER,
      gecos: "Operators",
      shell: "/bin/bash",
      groups: ["docker"],
      sudo: "ALL=(ALL) NOPASSWD:ALL",
      lock_passwd: true,
      ssh_authorized_keys: [...operatorKeys],
    }],
    // The image's own; to generate another takes seconds.
    locale: false,
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    write_files: [
      { path: "/etc/ssh/sshd_config.d/10-etage.conf", permissions: "0644", content: SSHD },
      { path: "/etc/docker/daemon.json", permissions: "0644", content: `${JSON.stringify(DOCKER, null, 2)}\n` },
    ],
    runcmd: backup ? [...COMMANDS, RESTIC] : COMMANDS,
  }, { lineWidth: 0 })}`;
}

/** The docker provider opens many sessions at once; sshd's own bounds (10 each) drop some of them (kreuzwerker/terraform-provider-docker#262). */
const SSHD = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 60
MaxSessions 60
`;

/** Containers live on while the Docker engine itself is restarted or upgraded; their logs stay bounded. */
const DOCKER = {
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
};

/** In this order, at the end of the first boot. */
const COMMANDS = [
  ["sh", "-c", "command -v docker >/dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy docker.io; }"],
  ["groupadd", "--force", "--gid", `${SECRETS_GROUP}`, "etage"],
  ["install", "-d", "-o", "root", "-g", `${SECRETS_GROUP}`, "-m", "0750", "/etc/etage", "/etc/etage/secrets", "/etc/etage/tls"],
  // Secrets of backups. PostgreSQL's container, which sees nothing above it, reads one file of it by name.
  ["install", "-d", "-o", "root", "-g", "root", "-m", "0711", "/etc/etage/backup"],
  ["install", "-d", "-o", LOGIN_USER, "-g", LOGIN_USER, "-m", "0755", "/var/lib/etage"],
];

/** What uploaded files and customers' exports are backed up with. */
const RESTIC = ["sh", "-c", "command -v restic >/dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends restic; }"];
