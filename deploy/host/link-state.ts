/** Whether a link carries, what is left of links, and how one goes. */
import { containerName } from "../../model/names.ts";
import { type Command, root, script } from "./command.ts";
import { lateUnit, linkFolder, type LinkPorts, linkUnit, NAMES_UNIT, watchdogUnit } from "./link.ts";
import { MOVES } from "./paths.ts";

/** Asks the other host's PostgreSQL and, where `ready` is a path, its app, through the link, until they answer or the time is over. */
const CHECK = `
unit=$1 gateway=$2 near=$3 far=$4 postgres=$5 ready=$6 left=$7
while :; do
  fault=
  docker exec "$postgres" pg_isready -q -h "$gateway" -p "$near" -t 3 || fault="the other host's PostgreSQL does not answer"
  if [ -z "$fault" ] && [ -n "$ready" ]; then
    code=$(curl -s -o /dev/null -w '%{http_code}' --max-time 3 "http://$gateway:$far$ready")
    [ "$code" = 200 ] || fault="the other host's app answers $code"
  fi
  [ -n "$fault" ] || { echo carries; exit 0; }
  left=$((left - 1)); [ "$left" -gt 0 ] || break
  sleep 0.5
done
echo "$fault"
systemctl is-active "$unit" || true
journalctl --unit "$unit" --no-pager --lines 5 --output cat 2>/dev/null || true
exit 1
`;
/** `ready`: the app's ready path; null while the other host has no release. */
export function checkLink(slug: string, gateway: string, { database, app }: LinkPorts, ready: string | null, seconds = 20): Command {
  return root(script("check-link", CHECK, linkUnit(slug), gateway, database, app, containerName.postgres, ready ?? "", seconds * 2));
}

/** Takes this host's part of a link away; what is not there is no fault. The last link of a host takes the names with it. */
const CLOSE = `
set -u
folder=$1 slug=$2 unit=$3 user=$4 names=$5 watchdog=$6 late=$7
for each in "$unit" "$watchdog" "$late"; do
  [ ! -e "/etc/systemd/system/$each" ] || systemctl disable --quiet --now "$each"
  systemctl reset-failed "$each" 2>/dev/null
  rm -f "/etc/systemd/system/$each" "/etc/systemd/system/$each.new"
done
home=$(getent passwd "$user" | cut -d : -f 6)
keys=$home/.ssh/authorized_keys2
if [ -e "$keys" ]; then
  exec 9>"$folder/../.keys.lock"; flock 9
  grep -v " etage-move-$slug\\$" "$keys" >"$keys.new"; chown "$user:$user" "$keys.new"; chmod 0600 "$keys.new"; mv "$keys.new" "$keys"
  [ -s "$keys" ] || rm -f "$keys"
fi
# Connections that the key opened go with it.
pkill -TERM -f "^ssh .* $folder/key " 2>/dev/null
rm -rf "$folder"
if ! ls "$(dirname "$folder")"/*/key >/dev/null 2>&1; then
  [ ! -e "/etc/systemd/system/$names" ] || systemctl disable --quiet --now "$names"
  rm -f "/etc/systemd/system/$names" "$(dirname "$folder")/.names" "$(dirname "$folder")/.keys.lock"
fi
systemctl daemon-reload
exit 0
`;
export const closeLink = (slug: string, user: string): Command => root(script("close-link", CLOSE, linkFolder(slug), slug, linkUnit(slug), user, NAMES_UNIT, watchdogUnit(slug), lateUnit(slug)));

/** One line a slug whose link has something left on the host. */
const LEFT = `
{ ls -d "$1"/*/ 2>/dev/null | xargs -r -n 1 basename
  ls /etc/systemd/system/etage-link-*.service /etc/systemd/system/etage-watchdog-*.service /etc/systemd/system/etage-late-*.service 2>/dev/null | sed 's|.*/etage-[a-z]*-||; s|\\.service$||'
  sed -n 's/.* etage-move-\\([^ ]*\\)$/\\1/p' "$(getent passwd "$2" | cut -d : -f 6)/.ssh/authorized_keys2" 2>/dev/null
} | sort -u
`;
export const linkLeftovers = (user: string): Command => root(script("link-leftovers", LEFT, MOVES, user));
export const parseLinkLeftovers = (stdout: string): string[] => stdout.split("\n").map((line) => line.trim()).filter(Boolean);
