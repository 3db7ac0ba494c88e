/** What a host prints when it is looked at, made from what a test says about it. */
import { formatSections } from "../../../deploy/host/sections.ts";
import type { MoveMark } from "../../../deploy/host/moves.ts";
import type { ReleaseRecord } from "../../../deploy/host/release-log.ts";
import { hostFiles, sha256 } from "../../../deploy/host/secrets.ts";
import type { Wanted } from "../../../deploy/rollout/wanted.ts";
import { outputsOf } from "./fleet.ts";

export interface Look {
  apps?: { name: string; release: string; digest: string; settings?: string; status?: string }[];
  /** Container that the proxy points at. */
  route?: string;
  hosts?: readonly string[];
  /** Container that a canary's route points at, and its names. */
  canary?: { container: string; hosts: readonly string[] };
  /** What the proxy tells of itself. */
  traffic?: string;
  /** `running`, `exited`; `running starting`: with what its health check says. */
  services?: Record<string, string>;
  tenants?: string;
  /** Moves of customers that are on. */
  moves?: MoveMark[];
  dumpAgeSeconds?: number;
  /** Hours since the newest good run of each kind; absent: backups are not set up. */
  backup?: Partial<Record<"database" | "files" | "customers" | "verify", number>>;
  /** Of what it backs up by. */
  backupFingerprint?: string | null;
  releases?: ReleaseRecord[];
  freeBytes?: number;
  booting?: boolean;
  proxyFault?: string;
  filesMissing?: boolean;
  lockSilentSeconds?: number;
  /** How often the lock was taken. */
  generation?: number;
  /** Digests of the app's images that are there. */
  images?: string[];
}

const CLOCK = 1_800_000_000;

export function looks(look: Look, host = "orion"): string {
  const container = (name: string, state: string, labels: object): string => {
    const [status, health = status === "running" ? "healthy" : null] = state.split(" ");
    return JSON.stringify({ name: `/${name}`, status, health, labels });
  };
  const apps = (look.apps ?? []).map(({ name, release, digest, settings = "", status = "running" }) =>
    container(name, status, { "etage.role": "app", "etage.release": release, "etage.digest": digest, "etage.since": "2026-01-01T00:00:00Z", "etage.settings": settings }));
  const services = Object.entries({ proxy: "running", postgres: "running", redis: "running", ...look.services }).map(([name, status]) => container(name, status, { "etage.service": name }));
  const row = (service: string, hosts: readonly string[], target: string): string =>
    `\u001b[1;34m${service}\u001b[0m      \u001b[m${hosts.join(",")}\u001b[0m  \u001b[m/\u001b[0m  \u001b[m${target}:3000\u001b[0m  \u001b[mrunning\u001b[0m  \u001b[myes\u001b[0m\n`;
  const route = `${look.route ? row("app", look.hosts ?? [], look.route) : ""}${look.canary ? row("canary", look.canary.hosts, look.canary.container) : ""}`;
  return formatSections({
    clock: String(CLOCK),
    lock: look.lockSilentSeconds === undefined ? `${look.generation ?? ""}\n` : `held ${look.lockSilentSeconds}\n`,
    boot: look.booting ? "running" : "{}",
    docker: [...apps, ...services].join("\n"),
    proxy: look.proxyFault ? { code: 1, output: look.proxyFault } : `\u001b[3;94mService\u001b[0m  \u001b[3;94mHost\u001b[0m  \u001b[3;94mPath\u001b[0m  \u001b[3;94mTarget\u001b[0m  \u001b[3;94mState\u001b[0m  \u001b[3;94mTLS\u001b[0m\n${route}`,
    traffic: look.traffic ?? "",
    disks: `/dev/sda1 40000000000 1 ${look.freeBytes ?? 30_000_000_000} 1% /`,
    files: look.filesMissing ? "" : hostFiles(outputsOf(host)).map((file) => `${file.sha256}  ${file.path}`).join("\n"),
    releases: (look.releases ?? []).map((record) => JSON.stringify(record)).join("\n"),
    tenants: look.tenants ?? "",
    moves: (look.moves ?? []).map((mark) => JSON.stringify(mark)).join("\n"),
    dumps: look.dumpAgeSeconds === undefined ? "" : `${CLOCK - look.dumpAgeSeconds} 4096 /mnt/data/backups/app.dump`,
    backup: `${look.backupFingerprint ? `${look.backupFingerprint}\n` : ""}${look.backup ? backupState(look.backup) : ""}`,
    images: ["<none>", ...(look.images ?? [])].join("\n"),
    load: "0.50 0.40 0.30 1/100 1\n2\nMemTotal: 4000000 kB\nMemAvailable: 3000000 kB",
  });
}

/** A host that serves a release, with everything as wanted. */
export const serving = (wanted: Wanted, more: Partial<Look> = {}): Look => ({
  apps: [{ name: `app-${wanted.release.version}-old`, release: wanted.release.version, digest: wanted.release.digest, settings: wanted.settings }],
  route: `app-${wanted.release.version}-old`, hosts: wanted.routeHosts, tenants: sha256(wanted.tenants), dumpAgeSeconds: 3600, backupFingerprint: wanted.backups, ...more,
});

/** As the host's check writes it. */
function backupState(hours: NonNullable<Look["backup"]>): string {
  const newest = Object.fromEntries(Object.entries(hours).map(([kind, ago]) => [kind, { kind, at: CLOCK - ago * 3600, ok: true, seconds: 1, bytes: 1, label: null, detail: "" }]));
  return JSON.stringify({ at: CLOCK, wrong: [], wal: { lag: 0 }, timers: {}, newest, last: newest, bytes: 1 });
}
