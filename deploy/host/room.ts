/**
 * The waiting room: a second proxy beside a host's own, where the requests of a customer who moves wait. It is paused for
 * the customer's names before any request comes to it. To swap a route to it is atomic and returns when the old target has
 * answered; a pause of the proxy itself is neither (kamal-proxy 0.9: some requests are refused or slip through).
 *
 * A customer's streams may have a route of their own, below `paths`: nobody waits for their end, and nobody cuts them.
 */
import { containerName } from "../../model/names.ts";
import { type Command, script } from "./command.ts";
import { deployMove, deployRoute, moveService, removeRoute, type Route, streamsService } from "./proxy.ts";

export const ROOM = "room";
/** Where the host's proxy finds it. */
export const ROOM_TARGET = `${ROOM}:80`;
const MEMORY_MEGABYTES = 96;

/** Same image, network and user as the proxy; no port is published, and its state goes with it. */
const START = `
set -eu
proxy=$1 room=$2 memory=$3
if [ "$(docker inspect --format '{{.State.Running}}' "$room" 2>/dev/null)" != true ]; then
  docker rm --force --volumes "$room" >/dev/null 2>&1 || true
  of() { docker inspect --format "$1" "$proxy"; }
  network=$(of '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{"\\n"}}{{end}}' | head -n 1)
  user=$(of '{{.Config.User}}')
  docker run --detach --name "$room" --label etage.role=room --network "$network" \${user:+--user "$user"} --env HOME=/tmp --env XDG_RUNTIME_DIR=/tmp --memory "\${memory}m" \\
    --restart unless-stopped --log-driver json-file --log-opt max-size=10m --log-opt max-file=2 "$(of '{{.Image}}')" kamal-proxy run >/dev/null
fi
left=50
until docker exec "$room" kamal-proxy list >/dev/null 2>&1; do
  left=$((left - 1)); [ "$left" -gt 0 ] || { docker logs --tail 5 "$room" >&2; echo "the waiting room does not start" >&2; exit 1; }
  sleep 0.1
done
`;
/** Does nothing when it runs already: two moves may share it. */
export const startRoom = (): Command => script("start-room", START, containerName.proxy, ROOM, MEMORY_MEGABYTES);

const inRoom = (...words: string[]): string[] => ["docker", "exec", ROOM, "kamal-proxy", ...words];

/** How long a request may wait at most, should nobody ever come back for it. The watchdog comes long before. */
export const PATIENCE_SECONDS = 30;

/** Serves the customer's names there, from `target`, and pauses at once: nothing flows yet, so the pause has no race. */
export const enterRoom = (slug: string, { target, hosts, healthPath }: Route): Command => ({ all: [
  inRoom(
    "deploy", moveService(slug), "--target", target, ...hosts.flatMap((host) => ["--host", host]),
    "--health-check-path", healthPath, "--health-check-timeout", "5s", "--deploy-timeout", "20s", "--drain-timeout", "1s", "--forward-headers",
  ),
  inRoom("pause", moveService(slug), "--drain-timeout", "1s", "--max-pause", `${PATIENCE_SECONDS}s`),
] });

/** Lets those who wait there go to `target`. */
export const leadRoom = (slug: string, { target, hosts, healthPath }: Route): Command => ({ all: [
  inRoom(
    "deploy", moveService(slug), "--target", target, ...hosts.flatMap((host) => ["--host", host]),
    "--health-check-path", healthPath, "--health-check-timeout", "5s", "--deploy-timeout", "20s", "--drain-timeout", "1s", "--forward-headers",
  ),
  inRoom("resume", moveService(slug)),
] });

/** Takes the customer out of the room, and the room away when nobody is left in it. No fault when there is none. */
const LEAVE = `
room=$1 service=$2
docker inspect "$room" >/dev/null 2>&1 || exit 0
docker exec "$room" kamal-proxy remove "$service" >/dev/null 2>&1
left=$(docker exec "$room" kamal-proxy list 2>/dev/null | sed 's/\\x1b\\[[0-9;]*m//g' | grep -c '^ *move-' || true)
[ "$left" != 0 ] && [ -n "$left" ] || docker rm --force --volumes "$room" >/dev/null
`;
export const leaveRoom = (slug: string): Command => script("leave-room", LEAVE, ROOM, moveService(slug));

/** Takes the customer's own route off the host's proxy: its names are the app's again. No fault when there is none. */
export const removeMove = (slug: string): Command => script("remove-move", `
proxy=$1; shift
for service; do
  said=$(docker exec "$proxy" kamal-proxy remove "$service" 2>&1) && continue
  case "$said" in *"service not found"*|*"No such container"*) continue;; esac
  printf '%s\\n' "$said" >&2
  exit 1
done
`, containerName.proxy, streamsService(slug), `trial-${slug}`, moveService(slug));

/**
 * Gives the customer a route of its own to where its names lead already. A name that the app's route has exactly (a custom
 * hostname, or any on a host of its own) can't be in two routes: a wildcard over it bridges the moment in which it is in
 * none. Only then the app's route is made anew, which cuts the WebSockets of its other customers once, or it goes when
 * no name is left to it.
 */
export function beginMove(slug: string, route: Route, app: Route): Command {
  const taken = route.hosts.filter((host) => app.hosts.includes(host));
  if (taken.length === 0) return deployMove(slug, route);
  const bridges = taken.map((host) => `*${host.slice(host.indexOf("."))}`).filter((host) => !app.hosts.includes(host));
  const others = route.hosts.filter((host) => !taken.includes(host));
  const left = app.hosts.filter((host) => !taken.includes(host));
  const before = [...new Set([...others, ...bridges])];
  return { all: [
    ...(before.length > 0 ? [deployMove(slug, { ...route, hosts: before })] : []),
    left.length > 0 ? deployRoute({ ...app, hosts: left }) : removeRoute(),
    deployMove(slug, route),
  ] };
}

/** Slugs of the customers with a route of their own, in the host's proxy or in the room. */
export const moveRoutes = (): Command => script("move-routes", `
for name; do docker exec "$name" kamal-proxy list 2>/dev/null; done | sed 's/\\x1b\\[[0-9;]*m//g' | awk '$1 ~ /^(move|streams|trial)-/ { sub(/^[a-z]*-/, "", $1); print $1 }' | sort -u
`, containerName.proxy, ROOM);
export const parseMoveRoutes = (stdout: string): string[] => stdout.split("\n").map((line) => line.trim()).filter(Boolean);
