/** Whether a container stays well: looked at again and again, on the host itself, for a while. */
import { type Command, script } from "./command.ts";

export interface SteadyWatch {
  container: string;
  network: string;
  port: number;
  readyPath: string;
  /** What the ready path has to answer with. */
  status: number;
  body?: string | undefined;
  /** `Name: value` */
  header?: string | undefined;
  /** How long it is looked at. One look more is taken at the end. */
  seconds: number;
  intervalSeconds: number;
  /** How long one answer may take. */
  timeoutSeconds: number;
}

/**
 * Prints `steady LOOKS`, or `fault` with what was wrong first and the last log lines. A single bad look is a fault:
 * what is healthy now and then is not healthy, and the container has passed its gate already.
 */
const STEADY = `
container=$1 network=$2 port=$3 ready=$4 status=$5 body=$6 header=$7 milliseconds=$8 pause=$9
shift 9; patience=$1
file=$(mktemp); trap 'rm -f "$file" "$file.head"' EXIT
fault() { printf 'fault %s\\nlog:\\n' "$1"; docker logs --tail 20 "$container" 2>&1; exit 1; }
end=$(($(date +%s%3N) + milliseconds)) looks=0 first=
while :; do
  last=; [ "$(date +%s%3N)" -lt "$end" ] || last=yes
  set -- $(docker inspect --format '{{.State.Status}} {{.RestartCount}} {{with index .NetworkSettings.Networks "'"$network"'"}}{{.IPAddress}}{{end}}' "$container" 2>&1)
  state=$1 restarts=$2 address=$3
  case "$state" in
    running) ;;
    restarting) fault "the container died and is started again and again";;
    created|exited|paused|removing|dead) fault "the container is $state";;
    *) echo "fault the container is gone"; exit 1;;
  esac
  first=\${first:-$restarts}
  [ "$restarts" = "$first" ] || fault "the container died and was started again"
  code=$(curl -s -D "$file.head" -o "$file" -w '%{http_code}' --max-time "$patience" "http://$address:$port$ready")
  case "$code" in
    000) fault "$ready did not answer within $patience s";;
    "$status") ;;
    *) fault "$ready answered $code: $(tr -d '\\n' <"$file" | cut -c 1-200)";;
  esac
  [ -z "$body" ] || grep -qF -e "$body" "$file" || fault "$ready answered without $body"
  [ -z "$header" ] || tr -d '\\r' <"$file.head" | grep -qixF -e "$header" || fault "$ready answered without the header $header"
  looks=$((looks + 1))
  [ -z "$last" ] || { echo "steady $looks"; exit 0; }
  sleep "$pause"
done
`;

/** Ends with 0 when every look was good. */
export const steadyWatch = (watch: SteadyWatch): Command => script(
  "steady", STEADY, watch.container, watch.network, watch.port, watch.readyPath, watch.status, watch.body ?? "", watch.header ?? "",
  Math.round(watch.seconds * 1000), watch.intervalSeconds, watch.timeoutSeconds,
);

/** Milliseconds that it may take at worst. */
export const steadyTimeout = ({ seconds, intervalSeconds, timeoutSeconds }: Pick<SteadyWatch, "seconds" | "intervalSeconds" | "timeoutSeconds">): number =>
  (seconds + intervalSeconds + 2 * timeoutSeconds) * 1000 + 60_000;

/** What was wrong, with the log; null when nothing was. */
export function parseSteady(stdout: string): string | null {
  if (/^steady \d+$/m.test(stdout)) return null;
  const [said = "", log = ""] = stdout.split(/^log:$/m);
  const fault = /^fault (.*)$/ms.exec(said)?.[1]?.trim() || "nothing was heard of the container";
  const tail = log.trim();
  return tail ? `${fault}\nits last log lines:\n${tail.split("\n").map((line) => `  ${line}`).join("\n")}` : fault;
}
