/** Gates: questions to the app, asked on the host itself. Inside: the new container. Outside: every customer's name through the proxy. */
import { type Command, root, script } from "./command.ts";
import { CERTIFICATE } from "./paths.ts";

export interface GatePolicy {
  attempts: number;
  intervalSeconds: number;
  timeoutSeconds: number;
  successes: number;
  /** What the `ready` path has to answer with. */
  status: number;
  /** Text that the answer must hold. */
  body?: string | undefined;
  /** `Name: value` */
  header?: string | undefined;
}

export interface InsideGate extends GatePolicy {
  container: string;
  network: string;
  port: number;
  readyPath: string;
  versionPath: string;
  version: string;
  /** For at least so long: one that is well for a moment, and ill the next, must not get customers' requests. 0: the answers are enough. */
  staySeconds: number;
}

/**
 * Asks the container at its own address until it was ready, with the right version, `successes` times in a row and for
 * `staySeconds`. While
 * nothing listens yet it looks every 50 ms, so that a quick start is noticed quickly; the whole may take as long as
 * `attempts` questions with their pauses. Ends early when the container keeps dying. On failure prints the last answers
 * and log lines.
 */
const INSIDE = `
container=$1 network=$2 port=$3 ready=$4 path=$5 version=$6 attempts=$7 pause=$8 patience=$9
shift 9; wanted=$1 milliseconds=$2 status=$3 text=$4 header=$5 stay=$6
left=$((attempts * milliseconds)) good=0 asked=0 body= since=0
file=$(mktemp); trap 'rm -f "$file" "$file.log" "$file.head"' EXIT
address=
while [ "$left" -gt 0 ]; do
  if [ -z "$address" ]; then
    set -- $(docker inspect --format '{{.State.Status}} {{.RestartCount}} {{with index .NetworkSettings.Networks "'"$network"'"}}{{.IPAddress}}{{end}}' "$container" 2>&1)
    state=$1 restarts=$2 address=$3
    case "$state" in
      created|running|restarting) if [ "$restarts" -ge 3 ] 2>/dev/null; then echo "container died $restarts times" >>"$file.log"; break; fi;;
      *) echo "container is $state" >>"$file.log"; break;;
    esac
  fi
  code=000
  [ -z "$address" ] || code=$(curl -s -D "$file.head" -o "$file" -w '%{http_code}' --max-time "$patience" "http://$address:$port$ready")
  if [ "$code" = 000 ]; then
    good=0 address=; left=$((left - 50)); echo "$ready did not answer" >>"$file.log"; sleep 0.05; continue
  fi
  asked=$((asked + 1))
  body=
  if [ "$code" != "$status" ]; then
    echo "$ready answered $code: $(tr -d '\\n' <"$file" | cut -c 1-200)" >>"$file.log"
  elif [ -n "$text" ] && ! grep -qF -e "$text" "$file"; then
    echo "$ready answered $code without \\"$text\\": $(tr -d '\\n' <"$file" | cut -c 1-200)" >>"$file.log"
  elif [ -n "$header" ] && ! tr -d '\\r' <"$file.head" | grep -qixF -e "$header"; then
    echo "$ready answered $code without the header $header" >>"$file.log"
  else
    body=$(curl -s --max-time "$patience" "http://$address:$port$path" | tr -d ' \\n' | cut -c 1-200)
    echo "$ready answered $code, $path $body" >>"$file.log"
  fi
  case "$body" in
    *"\\"release\\":\\"$version\\""*)
      good=$((good + 1)) now=$(date +%s%3N)
      if [ "$good" = 1 ]; then since=$now; fi
      if [ "$good" -ge "$wanted" ] && [ $((now - since)) -ge "$stay" ]; then echo "passed $asked"; exit 0; fi
      sleep 0.1;;
    *) good=0 address=; left=$((left - milliseconds)); sleep "$pause";;
  esac
done
echo "failed $asked"
uniq -c "$file.log" | tail -n 5
echo log:
docker logs --tail 20 "$container" 2>&1
exit 1
`;

export const gateInside = (gate: InsideGate): Command => script(
  "gate-inside", INSIDE, gate.container, gate.network, gate.port, gate.readyPath, gate.versionPath, gate.version, gate.attempts,
  gate.intervalSeconds, gate.timeoutSeconds, gate.successes, Math.round(gate.intervalSeconds * 1000), gate.status, gate.body ?? "", gate.header ?? "", Math.round(gate.staySeconds * 1000),
);

/** Milliseconds that the inside gate may take at worst: every attempt answers just before its timeout. */
export const gateTimeout = ({ attempts, intervalSeconds, timeoutSeconds }: Pick<GatePolicy, "attempts" | "intervalSeconds" | "timeoutSeconds">): number =>
  attempts * (intervalSeconds + 2 * timeoutSeconds) * 1000 * Math.max(1, Math.ceil(intervalSeconds / 0.05) / 5) + 60_000;

/** What one name has to answer. */
export interface Expectation {
  hostname: string;
  /** Which customer's it is; null: no customer's, only the release is looked at. */
  tenant: string | null;
  suspended: boolean;
  /** Whether the host's certificate covers the name; without one only the answer is checked. */
  certified: boolean;
}

const PROBE_MARK = "\u001e";

/** `rounds` rounds through the proxy on the host itself; the names are read from stdin (probeInput). */
export const probe = (rounds: number): Command => root(script("gate-outside", `
file=$(mktemp); trap 'rm -f "$file"' EXIT
cat >"$file"
round=0
while [ "$round" -lt "$1" ]; do
  [ "$round" = 0 ] || sleep 0.1
  round=$((round + 1))
  printf '\\036round\\n'
  curl --config "$file" || true
done
`, rounds));

/**
 * curl's own configuration. The certificate on the host is the only one accepted (as its own anchor), so a proxy that
 * still serves an old one, or one that does not cover the name, fails the gate.
 */
export function probeInput(names: readonly Expectation[], path: string, timeoutSeconds: number): string {
  return names.map(({ hostname, certified }) => [
    `url = "https://${hostname}${path}"`, "silent", "include", `max-time = ${timeoutSeconds}`, `connect-to = "::127.0.0.1:443"`,
    certified ? `cacert = "${CERTIFICATE}"` : "insecure",
    String.raw`write-out = "\n${PROBE_MARK}answer %{url_effective} %{http_code} %{time_total} %{errormsg}\n"`,
  ].join("\n")).join("\nnext\n");
}

export interface Answer { hostname: string; status: number; release: string | null; tenant: string | null; seconds: number; error: string | null }

/** Answers by round. */
export function parseProbe(stdout: string): Answer[][] {
  return stdout.split(`${PROBE_MARK}round\n`).slice(1).map((round) => {
    const answers: Answer[] = [];
    let text = "";
    for (const line of round.split("\n")) {
      if (!line.startsWith(`${PROBE_MARK}answer `)) {
        text += `${line}\n`;
        continue;
      }
      const [, url, status, seconds, ...error] = line.split(" ");
      const header = (name: string): string | null => new RegExp(`^${name}:[ \\t]*(.*?)\\r?$`, "im").exec(text)?.[1] || null;
      answers.push({
        hostname: new URL(url!).hostname, status: Number(status), release: header("x-release"), tenant: header("x-tenant"),
        seconds: Number(seconds), error: error.join(" ") || null,
      });
      text = "";
    }
    return answers;
  });
}

/** What is wrong with an answer, as the end of a sentence about the name; null when nothing is. */
export function faultOf(answer: Answer | undefined, wanted: Expectation, version: string): string | null {
  if (!answer) return "was not asked";
  if (answer.status === 0) return `did not answer: ${answer.error ?? "no reason given"}`;
  // A suspended customer's people see 403, or 402 where hosting.yaml says so; the version path may still answer.
  const statuses = wanted.suspended ? [403, 402, 200] : [200];
  if (!statuses.includes(answer.status)) return `answered ${answer.status} instead of ${statuses[0]}`;
  if (answer.release !== version) return `answered as release ${answer.release ?? "none"} instead of ${version}`;
  if (wanted.tenant !== null && answer.status === 200 && answer.tenant !== wanted.tenant) return `answered as tenant ${answer.tenant ?? "none"} instead of ${wanted.tenant}`;
  return null;
}

/** An outside gate's output when all is well; for dry runs and tests. */
export function formatProbe(names: readonly Expectation[], version: string, rounds: number): string {
  const round = names.map(({ hostname, tenant, suspended }) =>
    `HTTP/2 ${suspended ? 403 : 200}\nx-release: ${version}\nx-tenant: ${tenant ?? ""}\n\n{}\n${PROBE_MARK}answer https://${hostname}/version ${suspended ? 403 : 200} 0.01 \n`).join("");
  return `${PROBE_MARK}round\n${round}`.repeat(rounds);
}
