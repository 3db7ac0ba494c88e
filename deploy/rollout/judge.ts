/** What a host needs, judged by what it runs and never by what we remember. Pure. */
import { HEARTBEAT_SECONDS } from "../host/lock.ts";
import { type AppContainer, type Observation, servingApp } from "../host/observe.ts";
import { differing, sha256 } from "../host/secrets.ts";
import type { Wanted } from "./wanted.ts";
import { workerName } from "./worker.ts";

export type Action =
  /** No release runs there yet. */
  | "install"
  | "update"
  /** The release is right, but its container is dead, ill or made with other settings. */
  | "repair"
  /** The container is right; routes, files or tenants are not. */
  | "refresh"
  | "none";

export interface Verdict {
  action: Action;
  /** Why, as the end of a sentence; empty for "none". */
  reason: string;
  /** The container that the proxy sends requests to. It may be dead. */
  current: AppContainer | undefined;
  /** The worker beside it. It may be dead. */
  worker: AppContainer | undefined;
  /** App containers that no request reaches: what a killed run left. */
  leftovers: AppContainer[];
}

/** `faults`: what customers' names answered wrongly just now, if they were asked. */
export function judge(seen: Observation, wanted: Wanted, faults: readonly string[] = []): Verdict {
  const current = servingApp(seen);
  const worker = current && wanted.worker ? seen.workers.find(({ name }) => name === workerName(current.name)) : undefined;
  const leftovers = [...seen.apps, ...seen.workers].filter((app) => app !== current && app !== worker);
  const { action, reason } = need(seen, wanted, { current, worker, leftovers }, faults);
  return { action, reason, current, worker, leftovers };
}

/** Nobody alive is silent for so long; it expires a little later, and is waited for. */
const DEAD_SECONDS = 2 * HEARTBEAT_SECONDS;

function need(seen: Observation, wanted: Wanted, { current, worker, leftovers }: Pick<Verdict, "current" | "worker" | "leftovers">, faults: readonly string[]): { action: Action; reason: string } {
  if (!seen.route) return { action: "install", reason: "first release" };
  if (!current) return { action: "repair", reason: `its container ${seen.route.container} is gone` };
  if (current.release !== wanted.release.version || current.digest !== wanted.release.digest) {
    return { action: "update", reason: current.release === wanted.release.version ? "another image under the same version" : `from ${current.release}` };
  }
  if (current.status !== "running") return { action: "repair", reason: `its container is ${current.status}` };
  if (current.settings !== wanted.settings) return { action: "repair", reason: "its settings changed" };
  if (wanted.worker && worker?.status !== "running") return { action: "repair", reason: `its worker is ${worker?.status ?? "gone"}` };
  const stale = staleParts(seen, wanted);
  if (stale.length > 0) return { action: "refresh", reason: `${stale.join(", ")} changed` };
  if (seen.canary) return { action: "refresh", reason: "a killed run left a canary" };
  if (leftovers.length > 0) return { action: "refresh", reason: "a killed run left a container" };
  if (seen.lockSilentSeconds > DEAD_SECONDS) return { action: "refresh", reason: "a killed run left its lock" };
  if (faults.length > 0) return { action: "repair", reason: faults[0]! };
  return { action: "none", reason: "" };
}

/** Parts that can be brought up to date without a new container. */
export function staleParts(seen: Observation, wanted: Wanted): string[] {
  const files = differing(wanted.files, seen.files).length > 0;
  const routes = !seen.route || !sameSet(seen.route.hosts, wanted.routeHosts);
  const tenants = seen.tenants !== sha256(wanted.tenants);
  return [...(files ? ["files"] : []), ...(routes ? ["host names"] : []), ...(tenants ? ["customers"] : []), ...(backupsDiffer(seen, wanted) ? ["backup settings"] : [])];
}

/** Whether the host was set up to back up otherwise than hosting.yaml and this program say, or never. */
export const backupsDiffer = ({ backupFingerprint }: Pick<Observation, "backupFingerprint">, { backups }: Pick<Wanted, "backups">): boolean => backups !== null && backups !== backupFingerprint;

const sameSet = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && new Set([...one, ...other]).size === one.length;
