/** How the Docker engine of a host is reached, and what it must be ready for. Pure. */
import { LOGIN_USER, SECRETS_GROUP } from "./cloud-init.ts";
import { BACKUP_FOLDER } from "./services-plan.ts";

/** Environment variable that holds the path of the operator's private key. */
export const KEY_VARIABLE = "ETAGE_SSH_KEY";

export interface SshTarget {
  host: string;
  address: string;
  /** `ssh-ed25519 AAAA…`; only a machine that holds its private half is talked to. */
  hostKey: string;
  /** Log in with the key in ETAGE_SSH_KEY rather than with what the agent or ~/.ssh/config offer. */
  ownKey: boolean;
}

/**
 * Options for the `ssh` client. They become part of the docker provider's inputs, so they hold no path of this machine: the
 * pinned key is handed over by a command (OpenSSH 8.5) in place of a known_hosts file, and the operator's key is named by
 * its variable, which ssh itself resolves (OpenSSH 8.4).
 */
export function sshOptions({ host, hostKey, ownKey }: Omit<SshTarget, "address">): string[] {
  const [type, key] = hostKey.split(" ");
  const options = [
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    `HostKeyAlias=${host}`,
    `HostKeyAlgorithms=${type}`,
    `KnownHostsCommand=/bin/echo ${host} ${type} ${key}`,
    // Never a question on the terminal, and no minutes of silence before a dead machine is called dead.
    "BatchMode=yes",
    "ConnectTimeout=10",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    ...(ownKey ? [`IdentityFile=\${${KEY_VARIABLE}}`, "IdentitiesOnly=yes"] : []),
  ];
  return options.flatMap((option) => ["-o", option]);
}

/** Arguments that run a POSIX shell script, given on stdin, on the host. */
export function sshArguments(target: SshTarget): string[] {
  return [...sshOptions(target), "-T", `${LOGIN_USER}@${target.address}`, "sh", "-s"];
}

/** A folder on the data volume and who owns it. Images that start as root (postgres, redis) chown their own. */
const FOLDERS = [
  { name: "postgres", owner: "root:root", mode: "0755" },
  { name: "redis", owner: "root:root", mode: "0755" },
  { name: "proxy", owner: `${SECRETS_GROUP}:${SECRETS_GROUP}`, mode: "0700" },
  { name: "uploads", owner: `${SECRETS_GROUP}:${SECRETS_GROUP}`, mode: "0750" },
];

/** What the script says when it is through. */
export const READY = "etage: ready";

/**
 * Shell script for a new host: returns when cloud-init is through, Docker answers and the data volume is mounted and has its
 * folders. May be run again. Says on stderr what is wrong.
 */
export function readyScript(dataPath: string): string {
  const volume = dataPath.split("_").at(-1);
  const unit = `${dataPath.slice(1).replaceAll("/", "-")}.mount`;
  return `set -eu
fail() { echo "$1" >&2; exit 65; }

# Its own verdict is not asked for: a module of the image's may fail without harm. What we need must be there.
cloud-init status --wait >/dev/null 2>&1 || true
[ -d /etc/etage ] || fail "cloud-init did not do its work: $(cloud-init status --long | tr '\\n' ' ')"

tries=0
until docker version >/dev/null 2>&1; do
  tries=$((tries + 1)); [ $tries -lt 300 ] || fail "Docker does not answer: $(docker version 2>&1 | tail -n 1)"
  sleep 0.2
done

# Hetzner mounts the volume when it is attached. Should its agent have missed that, do what it would have done.
device=/dev/disk/by-id/scsi-0HC_Volume_${volume}
tries=0
until mountpoint -q ${dataPath}; do
  tries=$((tries + 1)); [ $tries -lt 300 ] || fail "the data volume is not mounted at ${dataPath}"
  if [ $tries -gt 50 ] && [ -b $device ]; then
    sudo mkdir -p ${dataPath}
    grep -q $device /etc/fstab || echo "$device ${dataPath} ext4 discard,nofail,defaults 0 0" | sudo tee -a /etc/fstab >/dev/null
    sudo mount ${dataPath}
  fi
  sleep 0.2
done
# After a reboot containers start with Docker: the volume has to be there before.
sudo mkdir -p /etc/systemd/system/docker.service.d
printf '[Unit]\\nWants=${unit}\\nAfter=${unit}\\n' | sudo tee /etc/systemd/system/docker.service.d/volume.conf >/dev/null
sudo systemctl daemon-reload

${FOLDERS.map(({ name, owner, mode }) => folder(`${dataPath}/${name}`, owner, mode)).join("\n")}
echo "${READY}"
`;
}

/**
 * Shell script for a host that is to back up, also one that was made before: what its database's container is shown must be
 * there. Of a store that is mounted on the host, the place to mount it at. May be run again.
 */
export const backupScript = (storePath?: string): string => `set -eu
sudo install -d -o root -g root -m 0711 ${BACKUP_FOLDER}
${storePath === undefined ? "" : `[ -d ${quoted(storePath)} ] || sudo install -d -m 0755 ${quoted(storePath)}\n`}echo "${READY}"
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** An existing folder is left alone: its files belong to whoever runs in the container. */
const folder = (path: string, owner: string, mode: string): string =>
  `[ -d ${path} ] || sudo install -d -o ${owner.split(":")[0]} -g ${owner.split(":")[1]} -m ${mode} ${path}`;
