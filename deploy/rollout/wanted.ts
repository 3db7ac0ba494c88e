/** What a host should look like, derived from the files, the stack's outputs and the release. Pure. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import { backupFingerprint } from "../backup/host-files.ts";
import type { AppSpec } from "../host/docker.ts";
import type { Expectation } from "../host/gate.ts";
import type { Route } from "../host/proxy.ts";
import { type FileSum, hostFiles, sha256 } from "../host/secrets.ts";
import { imageOf, type Release } from "./release.ts";

type Platform = Fleet["platform"];

export interface Wanted {
  release: Release;
  /** Fingerprint of what makes a new container necessary besides the image. */
  settings: string;
  environment: Record<string, string>;
  /** Whether the app has a process without HTTP. */
  worker: boolean;
  routeHosts: readonly string[];
  files: FileSum[];
  /** What the app's `tenants` command gets on its standard input. */
  tenants: string;
  names: Expectation[];
  /** Fingerprint of what the host backs up by; null: the platform has no backups. */
  backups: string | null;
}

export function wantedOf(platform: Platform, host: Host, outputs: Outputs, release: Release): Wanted {
  const environment = environmentOf(platform, release.version);
  const { RELEASE: _, ...lasting } = environment;
  return {
    release, environment,
    settings: sha256(JSON.stringify([lasting, platform.app.memoryMegabytes, outputs.dataPath, outputs.network, ...(platform.app.worker ? [platform.app.worker] : [])])).slice(0, 12),
    worker: platform.app.worker !== undefined,
    routeHosts: routeHosts(platform, host),
    files: hostFiles(outputs),
    tenants: JSON.stringify(host.customers.map(({ slug, name, hostnames, status, limits }) => ({ slug, name, hostnames, status, limits }))),
    names: expectations(host, outputs.hostnames),
    backups: backupFingerprint(platform, host.name, outputs),
  };
}

/**
 * What the app's route answers for. On every shared host customers' SLUG.DOMAIN are covered by the wildcard, also where
 * DNS has them one by one: the proxy lets an exact name win over it, which is how some of them can be served by another release.
 */
function routeHosts({ domain }: Platform, { kind, hostnames, customers }: Host): string[] {
  if (kind !== "shared") return hostnames;
  const slugs = new Set(customers.map(({ slug }) => `${slug}.${domain}`));
  // A route without names would answer for all there are.
  if (hostnames.length === 0) return [`*.${domain}`];
  return [...new Set(hostnames.map((name) => slugs.has(name) ? `*.${domain}` : name))];
}

/** Every name of every customer of the host; a host without customers is asked for one of its own names. */
export function expectations(host: Host, certified: readonly string[]): Expectation[] {
  const names = host.customers.flatMap(({ slug, status, hostnames }) => hostnames.map((hostname) => ({
    hostname, tenant: slug, suspended: status === "suspended", certified: covers(certified, hostname),
  })));
  if (names.length > 0) return names;
  const own = host.hostnames.find((name) => !name.startsWith("*"));
  return own ? [{ hostname: own, tenant: null, suspended: false, certified: covers(certified, own) }] : [];
}

/** A wildcard stands for exactly one label. */
export const covers = (certified: readonly string[], hostname: string): boolean =>
  certified.includes(hostname) || certified.includes(`*${hostname.slice(hostname.indexOf("."))}`);

/** What every run of the app is told. */
export function environmentOf(platform: Platform, version: string): Record<string, string> {
  return {
    ...platform.app.environment,
    PORT: String(platform.app.port),
    DATABASE_URL_FILE: "/run/secrets/database-url",
    REDIS_URL_FILE: "/run/secrets/redis-url",
    UPLOADS_PATH: "/data/uploads",
    DOMAIN: platform.domain,
    RELEASE: version,
    DRAIN_SECONDS: String(platform.rollout.drainSeconds),
    // Left out when nothing is said: hosts need no new container for it.
    ...(platform.app.suspendedStatus ? { SUSPENDED_STATUS: String(platform.app.suspendedStatus) } : {}),
  };
}

export function appSpec(platform: Platform, outputs: Outputs, wanted: Wanted, name: string, since: Date): AppSpec {
  const { release, settings, environment } = wanted;
  return {
    name, version: release.version, digest: release.digest, image: imageOf(release), network: outputs.network, dataPath: outputs.dataPath,
    memoryMegabytes: platform.app.memoryMegabytes, drainSeconds: platform.rollout.drainSeconds, environment, settings, since: since.toISOString(),
  };
}

export function routeTo(platform: Platform, wanted: Wanted, container: string): Route {
  return {
    target: `${container}:${platform.app.port}`, hosts: wanted.routeHosts, healthPath: platform.app.health.ready,
    drainSeconds: platform.rollout.drainSeconds, forwardHeaders: platform.proxied,
  };
}
