/**
 * The link of two hosts between which a customer moves: an SSH tunnel from each to the other, while the move lasts. What
 * listens is bound to the Docker network's gateway, where containers of this host reach it and nobody else; nothing is
 * published, and no service is configured differently. Each host logs in with a key of its own, made for this move, that
 * is good for two ports and for writing into the uploads folder.
 *
 * The other host finds its containers by names in its /etc/hosts, which a small service keeps right: sshd looks them up for
 * every connection, so a container that came back with another address, or a new release, is found again.
 */
import { containerName } from "../../model/names.ts";
import { type Command, root, script } from "./command.ts";
import { RECEIVER } from "./courier.ts";
import { MOVES, uploads } from "./paths.ts";
import { SERVICE } from "./proxy.ts";
import { INSTALL_UNIT } from "./unit.ts";

/** Names in a host's /etc/hosts for containers of its own. */
export const LINK_NAME = { database: "postgres.etage.internal", app: "app.etage.internal" } as const;
export const linkFolder = (slug: string): string => `${MOVES}/${slug}`;
export const linkUnit = (slug: string): string => `etage-link-${slug}.service`;
/** Lets go of a hold whose flip died (move/flip/program/main.py). */
export const watchdogUnit = (slug: string): string => `etage-watchdog-${slug}.service`;
/** Lets those go who wait at the host gone to (late.ts). */
export const lateUnit = (slug: string): string => `etage-late-${slug}.service`;
/** One a host, for all its links. */
export const NAMES_UNIT = "etage-names.service";

export interface LinkPorts { /** Where the other host's PostgreSQL is. */ database: number; /** Where the app that the other host serves is, in plain HTTP. */ app: number }

const PORTS = { first: 20_000, pairs: 5000 } as const;

/** What one host says of ports: those of its part of this link, of other links, and all on which anything listens. */
export interface PortsThere { own: number | null; others: readonly number[]; listening: readonly number[] }

/**
 * Two ports that are free on both hosts, the same on both. Those that the link has already stay, since routes and
 * subscriptions know them; else they are found from the slug, so that a killed run finds the same. Throws RangeError when none is free.
 */
export function linkPorts(slug: string, hosts: readonly PortsThere[]): LinkPorts {
  let hash = 0;
  for (const letter of slug) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  const free = (port: number): boolean => hosts.every(({ own, others, listening }) => !others.includes(port) && (!listening.includes(port) || (own !== null && (port === own || port === own + 1))));
  const usable = (port: number): boolean => free(port) && free(port + 1);
  let database = hosts.flatMap(({ own }) => own ?? []).find(usable);
  for (let at = 0; database === undefined && at < PORTS.pairs; at += 1) {
    const port = PORTS.first + ((hash + at) % PORTS.pairs) * 2;
    if (usable(port)) database = port;
  }
  if (database === undefined) throw new RangeError(`no two ports from ${PORTS.first} on are free on both hosts`);
  return { database, app: database + 1 };
}

/** Makes sure of what a move needs, makes the folder and, once, the key. Prints the public key, the gateway's address, and ports (PortsThere). */
const PREPARE = `
set -eu
folder=$1 slug=$2 network=$3 unit=$4
command -v rrsync >/dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy rsync; } >/dev/null
command -v rrsync >/dev/null || { echo "rsync can't be installed" >&2; exit 1; }
python3 -c 'import os; os.pidfd_open' || { echo "Python 3.9 or later is needed" >&2; exit 1; }
install -d -m 0755 "$(dirname "$folder")" "$folder"
[ -s "$folder/key" ] || { rm -f "$folder/key.new" "$folder/key.new.pub"; ssh-keygen -q -t ed25519 -N '' -C "etage-move-$slug" -f "$folder/key.new"; mv "$folder/key.new.pub" "$folder/key.pub"; mv "$folder/key.new" "$folder/key"; }
cut -d ' ' -f 1,2 "$folder/key.pub"
docker network inspect --format '{{range .IPAM.Config}}{{.Gateway}}{{"\\n"}}{{end}}' "$network" | head -n 1
of() { sed -n 's/^ExecStart=.* -L [^ :]*:\\([0-9]*\\):.* -L [^ :]*:\\([0-9]*\\):.*/\\1 \\2/p' "$@" /dev/null; }
echo own $(of "/etc/systemd/system/$unit" 2>/dev/null)
for each in /etc/systemd/system/etage-link-*.service; do
  [ ! -e "$each" ] || [ "$each" = "/etc/systemd/system/$unit" ] || echo others $(of "$each")
done
echo listening $(ss -Htln | awk '{ print $4 }' | sed 's/.*://' | sort -u)
`;
export const prepareLink = (slug: string, network: string): Command => root(script("prepare-link", PREPARE, linkFolder(slug), slug, network, linkUnit(slug)));

/** What `prepareLink` prints. */
export function parsePrepared(stdout: string): { publicKey: string; gateway: string; ports: PortsThere } {
  const [publicKey = "", gateway = "", ...rest] = stdout.trim().split("\n");
  if (!publicKey.startsWith("ssh-") || !gateway) throw new Error(`not an answer of the link's script: ${JSON.stringify(stdout)}`);
  const of = (word: string): number[] => rest.flatMap((line) => line.startsWith(`${word} `) ? line.split(" ").slice(1).filter(Boolean).map(Number) : []);
  return { publicKey, gateway, ports: { own: of("own")[0] ?? null, others: of("others"), listening: of("listening") } };
}

/**
 * Lets the other host in, with its key: a second file beside the operators' own keys, which Pulumi writes. The key runs
 * nothing but what stands here. Also starts the service that keeps the names.
 */
const ADMIT = `
set -eu
${INSTALL_UNIT}
folder=$1 slug=$2 user=$3 key=$4 uploads=$5 database=$6 app=$7 unit=$8 network=$9
shift 9; postgres=$1 proxy=$2 service=$3 port=$4 state=$5
home=$(getent passwd "$user" | cut -d : -f 6)
cat >"$folder/receive.py"
cat >"$folder/serve" <<'SERVE'
#!/bin/sh
case "$SSH_ORIGINAL_COMMAND" in
  tunnel) while [ "$(cut -d ' ' -f 4 /proc/$$/stat)" = "$PPID" ]; do sleep 5; done;;
  outcome) sudo -n cat "$1/phase" "$1/verdict.json" 2>/dev/null; exit 0;;
  receive) exec sudo -n python3 "$1/receive.py" "$2";;
  "rsync --server "*) exec sudo -n env "SSH_ORIGINAL_COMMAND=$SSH_ORIGINAL_COMMAND" rrsync -wo "$2";;
  *) echo "this key is for a move only" >&2; exit 1;;
esac
SERVE
chmod 0755 "$folder/serve"
install -d -o "$user" -g "$user" -m 0700 "$home/.ssh"
keys=$home/.ssh/authorized_keys2
exec 9>"$folder/../.keys.lock"; flock 9
touch "$keys"
{ grep -v " etage-move-$slug\\$" "$keys" || true; printf 'restrict,port-forwarding,permitopen="%s:5432",permitopen="%s:%s",command="%s/serve %s %s" %s etage-move-%s\\n' "$database" "$app" "$port" "$folder" "$folder" "$uploads" "$key" "$slug"; } >"$keys.new"
chown "$user:$user" "$keys.new"; chmod 0600 "$keys.new"; mv "$keys.new" "$keys"
cat >"$folder/../.names" <<'NAMES'
#!/bin/sh
# Keeps two names in /etc/hosts right: this host's PostgreSQL, and the app container that the proxy's route leads to.
network=$1 database=$2 app=$3 postgres=$4 proxy=$5 service=$6 state=$7
mark="# etage-move"
put() { { grep -v " $mark\\$" /etc/hosts; cat; } >/run/etage-move-hosts; cmp -s /run/etage-move-hosts /etc/hosts || cat /run/etage-move-hosts >/etc/hosts; }
trap 'put </dev/null; exit 0' TERM INT
round=0 seen= asked= target=
while :; do
  now=$(stat -c %y "$state" 2>/dev/null)
  if [ $((round % 5)) = 0 ] || [ "$now" != "$seen" ]; then
    seen=$now
    # Routes are in the state: while that stays as it is, nothing has to be started in the proxy's container.
    if [ -z "$now" ] || [ "$now" != "$asked" ] || [ -z "$target" ]; then
      if list=$(docker exec "$proxy" kamal-proxy list 2>/dev/null); then asked=$now; else list=; fi
      # On a host of its own the customer's route has taken over the app's names.
      found=$(printf '%s\\n' "$list" | sed 's/\\x1b\\[[0-9;]*m//g' | awk -v wanted="$service" '$1 == wanted { app = $4 } $1 ~ /^move-/ && $4 ~ /^app-/ { own = $4 } END { print app ? app : own }')
      # After a way back no route leads to the app that stands by there.
      [ -n "$found$target" ] || found=$(docker ps --filter label=etage.role=app --format '{{.Names}}' | head -n 1)
      [ -z "$found" ] || target=\${found%:*}
    fi
    docker container inspect --format "{{.Name}} {{with index .NetworkSettings.Networks \\"$network\\"}}{{.IPAddress}}{{end}}" "$postgres" $target 2>/dev/null |
      awk -v postgres="/$postgres" -v database="$database" -v app="$app" -v mark="$mark" 'NF == 2 { print $2, ($1 == postgres ? database : app), mark }' | put
  fi
  round=$((round + 1))
  sleep 1 & wait $!
done
NAMES
chmod 0755 "$folder/../.names"
install_unit "$unit" "Names of containers for hosts that customers move from or to" always "$(readlink -f "$folder/..")/.names $network $database $app $postgres $proxy $service $state"
systemctl restart "$unit"
`;

export interface Admission { slug: string; user: string; /** The other host's, as `prepareLink` printed it. */ publicKey: string; dataPath: string; network: string; /** The app's. */ port: number }

/** Standard input: admissionInput. */
export const admitLink = ({ slug, user, publicKey, dataPath, network, port }: Admission): Command => root(script(
  "admit-link", ADMIT, linkFolder(slug), slug, user, publicKey, uploads(dataPath), LINK_NAME.database, LINK_NAME.app, NAMES_UNIT, network,
  containerName.postgres, containerName.proxy, SERVICE, port, `${dataPath}/proxy/kamal-proxy.state`,
));
export const admissionInput = (): string => RECEIVER;

/**
 * A unit file, not a transient unit: a link outlives a reboot of its host, as long as customers are forwarded through it.
 * With a command instead of -N: only for a session do OpenSSH's both ends send small packets at once (TCP_NODELAY), else
 * every answer of the other database takes 40 ms more.
 */
const START = `
set -eu
${INSTALL_UNIT}
folder=$1 unit=$2 gateway=$3 user=$4 address=$5 key=$6 name=$7 database=$8 app=$9
shift 9; near=$1 far=$2 port=$3
printf '%s %s\\n' "$name" "$key" >"$folder/known_hosts"
install_unit "$unit" "Link for the move of a customer" always "/usr/bin/ssh -n -T -F none -i $folder/key -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$folder/known_hosts -o HostKeyAlias=$name -o ExitOnForwardFailure=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o IPQoS=lowdelay -L $gateway:$near:$database:5432 -L $gateway:$far:$app:$port $user@$address tunnel"
systemctl start "$unit"
`;

export interface Peer { host: string; user: string; address: string; hostKey: string }

export function startLink(slug: string, gateway: string, peer: Peer, appPort: number, { database, app }: LinkPorts): Command {
  return root(script(
    "start-link", START, linkFolder(slug), linkUnit(slug), gateway, peer.user, peer.address, peer.hostKey, peer.host, LINK_NAME.database, LINK_NAME.app,
    database, app, appPort,
  ));
}
