/** How customers fare on a host: what the proxy counted, and how often app containers restarted. One short look. */
import { containerName, proxyMetricsPort } from "../../model/names.ts";
import { type Command, script } from "./command.ts";
import { parseSamples, valueOf } from "./prometheus.ts";

/** What the proxy counted for one of its services since it was started. */
export interface ServiceTraffic {
  requests: number;
  /** Answered with 500 or above, by the app or by the proxy for it. */
  errors: number;
  /** How long the other answers took: for each upper bound in seconds, ascending and the last infinite, how many took at most that. */
  times: readonly (readonly [bound: number, count: number])[];
  /** Requests that have no answer yet. */
  inFlight: number;
}

export interface ContainerState {
  name: string;
  /** Docker's state. */
  status: string;
  /** How often Docker started it again after it died. */
  restarts: number;
}

export interface Traffic {
  /** Seconds since 1970 by the host's clock. */
  at: number;
  /** When the proxy was started, by the same clock: its counts begin there. Null when it tells no figures. */
  proxySince: number | null;
  /** By the proxy's name of the service; empty when it tells no figures. */
  services: ReadonlyMap<string, ServiceTraffic>;
  /** Of the containers that were asked for, those that exist. */
  containers: readonly ContainerState[];
}

/** Of an empty reading nothing can be said. */
export const NO_TRAFFIC: ServiceTraffic = { requests: 0, errors: 0, times: [], inFlight: 0 };

/** Never fails: what can't be read is missing in the output. A proxy that tells no figures refuses the connection at once. */
const READ = `
proxy=$1 port=$2; shift 2
date +'at %s.%N'
seen=$(docker inspect --format '{{.Name}} {{.State.Status}} {{.RestartCount}}{{range .NetworkSettings.Networks}} {{.IPAddress}}{{end}}' "$proxy" "$@" 2>/dev/null)
printf '%s\\n' "$seen" | sed "/^\\/$proxy /d; s/^/container /"
address=$(printf '%s\\n' "$seen" | sed -n "s|^/$proxy running [0-9]* \\([^ ]*\\).*|\\1|p")
[ -z "$address" ] || curl -s --max-time 3 "http://$address:$port/metrics" | grep -E '^(kamal_proxy_http_|process_start_time_seconds )'
exit 0
`;

/** Reads the proxy's figures and the state of the named app containers, in one round trip. */
export const readTraffic = (containers: readonly string[] = []): Command =>
  script("traffic", READ, containerName.proxy, proxyMetricsPort, ...containers);

/** The names are kamal-proxy's (0.9). */
const METRIC = {
  requests: "kamal_proxy_http_requests_total", bucket: "kamal_proxy_http_request_duration_seconds_bucket",
  inFlight: "kamal_proxy_http_in_flight_requests", since: "process_start_time_seconds",
} as const;

export function parseTraffic(stdout: string): Traffic {
  const services = new Map<string, { requests: number; errors: number; times: Map<number, number>; inFlight: number }>();
  const of = (name: string) => services.get(name) ?? services.set(name, { requests: 0, errors: 0, times: new Map(), inFlight: 0 }).get(name)!;
  let proxySince: number | null = null;
  for (const { name, labels, value } of parseSamples(stdout)) {
    if (name === METRIC.since) proxySince = value;
    const { service, status, le } = labels;
    if (!service) continue; // no service answers for that name: nobody's customer
    const failed = Number(status) >= 500;
    if (name === METRIC.requests) {
      of(service).requests += value;
      if (failed) of(service).errors += value;
    } else if (name === METRIC.bucket && le && !failed && status !== "101") {
      // 101: a WebSocket, whose "response time" is how long it was open.
      const { times } = of(service);
      times.set(valueOf(le), (times.get(valueOf(le)) ?? 0) + value);
    } else if (name === METRIC.inFlight) {
      of(service).inFlight = value;
    }
  }
  return {
    at: Number(/^at (\S+)$/m.exec(stdout)?.[1] ?? Number.NaN),
    proxySince,
    services: new Map([...services].map(([name, { times, ...rest }]) => [name, { ...rest, times: [...times].sort(([one], [other]) => one - other) }])),
    containers: [...stdout.matchAll(/^container \/(\S+) (\S+) (\d+)/gm)].map(([, name, status, restarts]) => ({ name: name!, status: status!, restarts: Number(restarts) })),
  };
}
