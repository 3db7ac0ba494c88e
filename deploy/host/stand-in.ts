/**
 * A second proxy that serves while the proper one is replaced. Its container can't be changed in place, and two can't
 * publish one port; so new connections are led to the stand-in by the host's packet filter, those that exist stay where
 * they are, and each proxy ends its own when it is stopped (kamal-proxy gives them 10 s).
 */
import { containerName, proxyMetricsPort } from "../../model/names.ts";
import { type Command, root, script } from "./command.ts";

export const STAND_IN = `${containerName.proxy}-stand-in`;

/** Rules are found again by their comment, also after the container's address is forgotten. */
const TOOLS = `
proxy=$1 name=$2 port=$3 patience=$4 mark=etage-stand-in
routes() { docker exec "$1" kamal-proxy list 2>/dev/null; }
address() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }
unmark() { iptables -w -t "$1" -S "$2" | grep -F -e "--comment $mark" | sed 's/^-A /-D /' | while read -r rule; do iptables -w -t "$1" $rule; done; }
waiting() { curl -s --max-time 2 "http://$(address "$1"):$port/metrics" | awk '/^kamal_proxy_http_in_flight_requests/ { sum += $NF } END { print sum + 0 }'; }
calm() { left=$patience; while [ "$left" -gt 0 ] && [ "$(waiting "$1")" != 0 ]; do sleep 1; left=$((left - 1)); done; }
`;

/** Exit code of a beginning that found one there. */
export const THERE = 10;

const BEGIN = `${TOOLS}
set -eu
if docker inspect "$name" >/dev/null 2>&1; then exit ${THERE}; fi
of() { docker inspect --format "$1" "$proxy"; }
network=$(of '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}')
home=$(of '{{range .Config.Env}}{{println .}}{{end}}' | grep '^HOME=')
docker run --detach --name "$name" --label etage.role=stand-in --network "$network" --user "$(of '{{.Config.User}}')" --env "$home" --volumes-from "$proxy" \\
  "$(of '{{.Image}}')" kamal-proxy run --metrics-port "$port" >/dev/null
left=50
until wanted=$(routes "$proxy") && [ "$wanted" = "$(routes "$name")" ]; do
  left=$((left - 1))
  [ "$left" -gt 0 ] || { docker logs --tail 5 "$name" >&2; docker rm --force "$name" >/dev/null; echo "the stand-in does not know the proxy's routes" >&2; exit 1; }
  sleep 0.2
done
to=$(address "$name")
iptables -w -I DOCKER-USER -d "$to" -p tcp -m multiport --dports 80,443 -m comment --comment "$mark" -j ACCEPT
for each in 80 443; do
  iptables -w -t nat -I PREROUTING -p tcp -m addrtype --dst-type LOCAL --dport "$each" -m comment --comment "$mark" -j DNAT --to-destination "$to:$each"
done
calm "$proxy"
`;

const END = `${TOOLS}
set -u
if [ "$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]; then
  left=300
  until now=$(routes "$proxy") && [ "$now" = "$(routes "$name")" ] && curl -s -o /dev/null --max-time 2 http://127.0.0.1/; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "the proxy is not back with its routes" >&2; exit 1; }
    sleep 0.2
  done
fi
unmark nat PREROUTING
if docker inspect "$name" >/dev/null 2>&1; then
  calm "$name"
  docker stop -t 20 "$name" >/dev/null
fi
unmark filter DOCKER-USER
docker rm --force --volumes "$name" >/dev/null 2>&1
! docker inspect "$name" >/dev/null 2>&1
`;

const call = (name: string, text: string, patienceSeconds: number): Command =>
  root(script(name, text, containerName.proxy, STAND_IN, proxyMetricsPort, Math.ceil(patienceSeconds)));

/** Starts it with the proxy's routes and leads new connections to it. Ends with THERE, and changes nothing, when one is there. */
export const beginStandIn = (patienceSeconds: number): Command => call("begin-stand-in", BEGIN, patienceSeconds);

/** Waits for the proxy with the same routes, leads new connections there, and takes the stand-in away. Fails, and leaves it serving, when the proxy does not come. */
export const endStandIn = (patienceSeconds: number): Command => call("end-stand-in", END, patienceSeconds);

/** Milliseconds for either. */
export const standInTimeout = (patienceSeconds: number): number => (patienceSeconds + 150) * 1000;
