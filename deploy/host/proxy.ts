/** Driving kamal-proxy 0.9 through its own program in the container `proxy`. */
import { all, any, type Command, script } from "./command.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "./paths.ts";

/** A host's service: the app. Its routes are host names, its TLS certificate the host's. */
export const SERVICE = "app";
/** Beside it, while a release is tried on a few: their exact names, which win over the wildcard. */
export const CANARY = "canary";
const inProxy = (...words: string[]): string[] => ["docker", "exec", "proxy", "kamal-proxy", ...words];

export interface Route {
  /** `name:port` as the proxy resolves it. A name, since addresses change when a container restarts. */
  target: string;
  /** Exact names and `*.domain`; an exact name wins. */
  hosts: readonly string[];
  healthPath: string;
  drainSeconds: number;
  /** True behind Cloudflare: the X-Forwarded-* headers that come in are Cloudflare's and are passed on. */
  forwardHeaders: boolean;
  /** Host name of the health check; needed when the target is another proxy. */
  healthHost?: string;
  /** Path prefixes of the app's streams, when they are to have a route of their own (deployMove). */
  streams?: readonly string[];
}

/**
 * Points the app's route at a target: checked for health first, then swapped at once; returns when the old target's
 * requests are done or `drainSeconds` are over. Never `--force`, which swaps first and answers 503 until the check.
 */
export const deployRoute = (route: Route): string[] => deployService(SERVICE, route);

/**
 * The same for the canary's route, whose `hosts` are its customers' exact names; the app must not have them as exact
 * names too. To another target it moves as the app's route does: swapped at once, then drained.
 */
export const deployCanary = (route: Route): string[] => deployService(CANARY, route);

/** The route of a customer who moves, with the customer's exact names. */
export const moveService = (slug: string): string => `move-${slug}`;

/**
 * The same for a customer who moves. While the customer's names lead elsewhere (a waiting room, another host), `target` is
 * an address of this host, which answers the health path like the app.
 */
export const deployMove = (slug: string, route: Route): Command => all(deployService(moveService(slug), route), ...deployStreams(slug, route));
/** Of the customer's streams, which nobody waits for and nobody cuts. */
export const streamsService = (slug: string): string => `streams-${slug}`;

/**
 * A stream never ends, so nobody must wait for it when the route is led elsewhere: a service of its own, which has its TLS
 * from the other. It is taken away and made anew: to lead it elsewhere would cut WebSockets at once and everything else after
 * the drain. Those that are open go on where they are until the app ends them (`disconnect`); meanwhile the other service has its names.
 */
function deployStreams(slug: string, { target, hosts, healthPath, healthHost, streams = [], forwardHeaders }: Route): Command[] {
  if (streams.length === 0) return [];
  return [remove("remove-streams", streamsService(slug)), inProxy(
    "deploy", streamsService(slug), "--target", target, ...hosts.flatMap((host) => ["--host", host]), ...streams.flatMap((path) => ["--path-prefix", path]),
    "--strip-path-prefix=false", "--health-check-path", healthPath, ...(healthHost ? ["--health-check-host", healthHost] : []), "--health-check-timeout", "5s", "--deploy-timeout", "20s", "--drain-timeout", "1ms",
    `--forward-headers=${forwardHeaders}`,
  )];
}

/**
 * Takes the canary's route away: its names are the app's again at once. Requests in flight go on, but nobody waits for
 * them: the container they are at must stay, or the route must be moved off it first (withdrawCanary). No fault when there is none.
 */
export const removeCanary = (): string[] => remove("remove-canary", CANARY);

/** Moves the canary's names to a container that stays, waits for what was in flight, then takes the route away. Goes on to that when the container is ill. */
export const withdrawCanary = (route: Route): Command => any(all(deployCanary(route), removeCanary()), removeCanary());

const REMOVE = `
said=$("$@" 2>&1) && exit 0
case "$said" in *"service not found"*) exit 0;; esac
printf '%s\\n' "$said" >&2
exit 1
`;
const remove = (name: string, service: string): string[] => script(name, REMOVE, ...inProxy("remove", service));

function deployService(service: string, route: Route): string[] {
  return inProxy(
    "deploy", service, "--target", route.target,
    ...route.hosts.flatMap((host) => ["--host", host]),
    "--tls", "--tls-certificate-path", CERTIFICATE, "--tls-private-key-path", CERTIFICATE_KEY,
    "--health-check-path", route.healthPath, "--health-check-timeout", "5s", ...(route.healthHost ? ["--health-check-host", route.healthHost] : []),
    "--deploy-timeout", "20s", "--drain-timeout", `${route.drainSeconds}s`,
    ...(route.forwardHeaders ? ["--forward-headers"] : []),
  );
}

export const removeRoute = (): string[] => inProxy("remove", SERVICE);
export const listRoutes = (): string[] => inProxy("list");

export interface CurrentRoute {
  target: string;
  /** Container name out of the target. */
  container: string;
  hosts: string[];
  tls: boolean;
  /** `running`, `paused` or `stopped`. */
  state: string;
}

/** A service's row of `kamal-proxy list` (Service Host Path Target State TLS, with colours), if it has one. */
export function parseRoutes(stdout: string, wanted: string = SERVICE): CurrentRoute | undefined {
  const plain = stdout.replace(/\u001b\[[0-9;]*m/g, "");
  for (const line of plain.split("\n")) {
    const [service, hosts, , target, state, tls] = line.trim().split(/\s+/);
    if (service !== wanted || !target) continue;
    return { target, container: target.replace(/:\d+$/, ""), hosts: (hosts ?? "").split(","), state: state ?? "", tls: tls === "yes" };
  }
  return undefined;
}
