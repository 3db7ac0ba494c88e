/** Driving kamal-proxy 0.9 through its own program in the container `proxy`. */
import { CERTIFICATE, CERTIFICATE_KEY } from "./paths.ts";

/** One service per host: the app. Its routes are host names, its TLS certificate the host's. */
export const SERVICE = "app";
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
}

/**
 * Points the app's route at a target: checked for health first, then swapped at once; returns when the old target's
 * requests are done or `drainSeconds` are over. Never `--force`, which swaps first and answers 503 until the check.
 */
export function deployRoute(route: Route): string[] {
  return inProxy(
    "deploy", SERVICE, "--target", route.target,
    ...route.hosts.flatMap((host) => ["--host", host]),
    "--tls", "--tls-certificate-path", CERTIFICATE, "--tls-private-key-path", CERTIFICATE_KEY,
    "--health-check-path", route.healthPath, "--health-check-timeout", "5s",
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

/** The app's row of `kamal-proxy list` (Service Host Path Target State TLS, with colours), if it has one. */
export function parseRoutes(stdout: string): CurrentRoute | undefined {
  const plain = stdout.replace(/\u001b\[[0-9;]*m/g, "");
  for (const line of plain.split("\n")) {
    const [service, hosts, , target, state, tls] = line.trim().split(/\s+/);
    if (service !== SERVICE || !target) continue;
    return { target, container: target.replace(/:\d+$/, ""), hosts: (hosts ?? "").split(","), state: state ?? "", tls: tls === "yes" };
  }
  return undefined;
}
