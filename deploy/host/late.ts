/**
 * Late requests: those that still come to the host which a customer goes to, by a name server that is behind. In the hold
 * they wait there (move/steps/stragglers.ts). Should nobody come back for them, a watchdog on that host asks the other one
 * what came of the hold, and lets them go to where the customer is served.
 */
import { all, any, type Command, root, script } from "./command.ts";
import { type CopySpec, linkSsh } from "./files.ts";
import { lateUnit, linkFolder } from "./link.ts";
import { deployMove, type Route } from "./proxy.ts";
import { leadRoom, leaveRoom } from "./room.ts";
import { INSTALL_UNIT } from "./unit.ts";

/** Half of what the waiting room has (room.ts). */
export const LATE_PATIENCE_SECONDS = 15;

/** `$1`: the folder, `$2`: seconds. A hold that goes on or is being undone is waited for, and so is a host that does not answer: nobody knows then. */
export const WATCH = `
folder=$1 patience=$2
sleep "$patience"
while [ -d "$folder/late" ]; do
  if said=$(xargs -0 -a "$folder/late/ask" timeout 20); then
    read -r attempt <"$folder/late/attempt"
    way=returned
    case "$said" in
      holding*|returning*|leaving*) way=;;
      *"\\"attempt\\": \\"$attempt\\""*) case "$said" in *'"verdict": "moved"'*) way=moved;; esac;;
    esac
    if [ -n "$way" ]; then
      exec 9>"$folder/late.lock"
      flock 9
      [ ! -d "$folder/late" ] || ! sh "$folder/late/$way" || rm -rf "$folder/late"
      flock -u 9
    fi
  fi
  sleep 0.5
done
`;

const ARM = `
set -eu
${INSTALL_UNIT}
folder=$1 unit=$2 patience=$3 watch=$4 attempt=$5 moved=$6 returned=$7; shift 7
exec 9>"$folder/late.lock"; flock 9
rm -rf "$folder/late"; install -d -m 0700 "$folder/late"
printf '%s\\n' "$attempt" >"$folder/late/attempt"
printf '%s\\n' "$moved" >"$folder/late/moved"
printf '%s\\n' "$returned" >"$folder/late/returned"
printf '%s\\0' "$@" >"$folder/late/ask"
printf '%s\\n' "$watch" >"$folder/watch-late"
flock -u 9
install_unit "$unit" "Lets late requests of a customer go whom a move left waiting" on-failure "/bin/sh $folder/watch-late $folder $patience"
systemctl restart "$unit"
`;

/** Leads those who wait, and those who come, to a route's target. Without a room nobody waits in it. */
export const letGo = (slug: string, route: Route): Command => all(any(leadRoom(slug, route), ["true"]), deployMove(slug, route), leaveRoom(slug));

export interface Late {
  slug: string;
  /** Of the hold that they wait for. */
  attempt: string;
  /** Shell texts that let them go: to the app of this host, or past it as before. Each may be done twice. */
  moved: string;
  returned: string;
  /** The host that the customer leaves. */
  peer: CopySpec["peer"];
}

/** Before they are led into the waiting room. A service that a restart of the host brings back. */
export const armLate = ({ slug, attempt, moved, returned, peer }: Late, patience = LATE_PATIENCE_SECONDS): Command =>
  root(script("arm-late", ARM, linkFolder(slug), lateUnit(slug), patience, WATCH.trim(), attempt, moved, returned, ...linkSsh(slug, peer), "outcome"));

/** From now on nobody but the caller lets them go; waits for a watchdog that is about it. No fault when there is none. */
export const disarmLate = (slug: string): Command => root(script("disarm-late", `
folder=$1 unit=$2
[ -d "$folder" ] || exit 0
exec 9>"$folder/late.lock"; flock 9
rm -rf "$folder/late"
[ ! -e "/etc/systemd/system/$unit" ] || systemctl disable --quiet --now "$unit"
`, linkFolder(slug), lateUnit(slug)));
