/** How one host is, in the shape that `deploy status --json` prints. */
import { X509Certificate } from "node:crypto";
import type { Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import { isUp, type Observation, servingApp } from "../host/observe.ts";
import { backupAge, SILENT_SECONDS } from "../backup/state.ts";
import type { NameFault } from "../rollout/steps/gate-outside.ts";
import { age, count } from "../report/units.ts";

export interface Check { name: string; ok: boolean; detail: string }

export interface HostStatus {
  name: string;
  kind: Host["kind"];
  tier: string;
  phase: Host["phase"];
  address: string | null;
  /** Slugs. */
  customers: string[];
  release: { version: string; digest: string; since: string } | null;
  health: { ok: boolean; checks: Check[] };
  services: { name: string; ok: boolean }[];
  /** Null when the host did not answer. */
  resources: Resources | null;
}

export interface Resources {
  /** Load of the last minute per core. */
  load: number | null;
  memoryPercent: number | null;
  diskPercent: number | null;
  backupAgeSeconds: number | null;
  certificateDays: number | null;
}

/** Warned about before it is too late to act in office hours. */
const LEAST_CERTIFICATE_DAYS = 14;
const MOST_DISK_PERCENT = 90;

const identity = ({ name, kind, tier, phase, customers }: Host): Pick<HostStatus, "name" | "kind" | "tier" | "phase" | "customers"> =>
  ({ name, kind, tier, phase, customers: customers.map(({ slug }) => slug) });

/** A host that can't be asked is a row like any other. */
export function silentHost(host: Host, address: string | null, detail: string): HostStatus {
  const checks = [{ name: "reachable", ok: false, detail }];
  return { ...identity(host), address, release: null, health: { ok: false, checks }, services: [], resources: null };
}

/** `faults`: what customers' names answered wrongly; `open`: the public check, when one was made; `backedUp`: hosting.yaml says so. */
export function hostStatus(host: Host, outputs: Outputs, seen: Observation, faults: readonly NameFault[], open: Check | undefined, now: Date, backedUp = false): HostStatus {
  const app = servingApp(seen);
  const resources = resourcesOf(outputs, seen, now);
  const checks: Check[] = [
    { name: "reachable", ok: true, detail: `${outputs.user}@${outputs.address}` },
    ...(seen.dockerFault ? [{ name: "docker", ok: false, detail: seen.dockerFault }] : []),
    ...(seen.proxyFault ? [{ name: "proxy", ok: false, detail: seen.proxyFault }] : []),
    appCheck(seen, app),
    ...canaryCheck(seen),
    ...(app ? host.customers.map((customer) => customerCheck(customer, faults)) : []),
    ...(open ? [open] : []),
    ...limits(resources),
    ...(backedUp ? backupChecks(host, seen) : []),
  ];
  const services = seen.services.map((service) => ({ name: service.name, ok: isUp(service) }));
  return {
    ...identity(host), address: outputs.address,
    release: app ? { version: app.release, digest: app.digest, since: app.since } : null,
    health: { ok: checks.every(({ ok }) => ok) && services.every(({ ok }) => ok), checks },
    services, resources,
  };
}

function appCheck(seen: Observation, app: Observation["apps"][number] | undefined): Check {
  if (!seen.route) return { name: "app", ok: false, detail: "no release runs here yet" };
  if (!app) return { name: "app", ok: false, detail: `the proxy's container ${seen.route.container} is gone` };
  if (app.status !== "running") return { name: "app", ok: false, detail: `${app.name} is ${app.status}` };
  return seen.route.state === "running" ? { name: "app", ok: true, detail: app.name } : { name: "app", ok: false, detail: `the proxy holds its requests: ${seen.route.state}` };
}

/** A release is being tried on some, or was when somebody's program died: no fault, but worth a line. */
function canaryCheck({ canary, apps }: Observation): Check[] {
  if (!canary) return [];
  const app = apps.find(({ name }) => name === canary.container);
  return [{ name: "canary", ok: app?.status === "running", detail: `${canary.hosts.join(", ")} on ${app?.release ?? canary.container}, ${app?.status ?? "which is gone"}` }];
}

function customerCheck({ slug, hostnames }: Host["customers"][number], faults: readonly NameFault[]): Check {
  const own = faults.filter(({ hostname }) => hostnames.includes(hostname));
  const detail = own.length > 0 ? own.map(({ hostname, fault }) => `${hostname} ${fault}`).join("; ") : count(hostnames.length, "name");
  return { name: `customer ${slug}`, ok: own.length === 0, detail };
}

function resourcesOf(outputs: Outputs, { backup, clock, disks, dumps, load, memory }: Observation, now: Date): Resources {
  const used = disks.map(({ bytes, free }) => Math.round((1 - free / bytes) * 100));
  return {
    load: load ? Math.round((load.minute / load.cores) * 100) / 100 : null,
    memoryPercent: memory ? Math.round((1 - memory.available / memory.bytes) * 100) : null,
    diskPercent: used.length > 0 ? Math.max(...used) : null,
    backupAgeSeconds: backup ? roundedAge(backupAge(backup, clock)) : dumps[0] ? Math.max(0, Math.round(clock - dumps[0].at)) : null,
    certificateDays: certificateDays(outputs.certificate, now),
  };
}

const roundedAge = (seconds: number | null): number | null => seconds === null ? null : Math.round(seconds);

/** What the host says of its backups; when it last said so long ago, that it says nothing more. */
function backupChecks({ name }: Host, { backup, clock }: Observation): Check[] {
  if (!backup) return [{ name: "backup", ok: false, detail: `not set up: deploy backup install ${name}` }];
  if (clock - backup.at > SILENT_SECONDS) return [{ name: "backup", ok: false, detail: `the host has not looked at its backups for ${age(clock - backup.at)}` }];
  return backup.wrong.map((detail) => ({ name: "backup", ok: false, detail }));
}

function certificateDays(pem: string, now: Date): number | null {
  try {
    return Math.floor((Date.parse(new X509Certificate(pem).validTo) - now.getTime()) / 86_400_000);
  } catch {
    return null; // no certificate: the gates say so
  }
}

function limits({ certificateDays, diskPercent }: Resources): Check[] {
  return [
    ...(certificateDays !== null && certificateDays < LEAST_CERTIFICATE_DAYS ? [{ name: "certificate", ok: false, detail: `ends in ${count(certificateDays, "day")}` }] : []),
    ...(diskPercent !== null && diskPercent > MOST_DISK_PERCENT ? [{ name: "disk", ok: false, detail: `${diskPercent}% used` }] : []),
  ];
}
