/** One look at a host: everything that plan, update and status judge by, in one round trip. Reads only. */
import { type BackupState, parseBackupState, parseFingerprint } from "../backup/state.ts";
import { readBackupState } from "./backup.ts";
import { any, type Command, script, together } from "./command.ts";
import { LABEL } from "./docker.ts";
import { type MoveMark, parseMoveMarks, readMoveMarks } from "./moves.ts";
import { GENERATION, LOCK, TENANTS } from "./paths.ts";
import { type Dump, listDumps, parseDumps } from "./postgres.ts";
import { CANARY, type CurrentRoute, listRoutes, parseRoutes } from "./proxy.ts";
import { parseReleaseLog, readReleaseLog, type ReleaseRecord } from "./release-log.ts";
import { checksums, parseChecksums } from "./secrets.ts";
import { STAND_IN } from "./stand-in.ts";
import { parseTraffic, readTraffic, type Traffic } from "./traffic.ts";
import { parseSections, type Section } from "./sections.ts";

export interface Container {
  name: string;
  /** Docker's state: running, exited, created, restarting, paused, dead. */
  status: string;
  /** Docker's health check, when the container has one: healthy, unhealthy, starting. */
  health: string | null;
}

export interface AppContainer extends Container { release: string; digest: string; since: string; settings: string }

export interface Disk { path: string; bytes: number; free: number }

export interface Observation {
  /** The host's clock, in seconds since 1970. */
  clock: number;
  /** How often the host's lock was taken so far; null while somebody has it. */
  generation: number | null;
  /** How long ago who has the lock last showed a sign of life; NaN when nobody has it. */
  lockSilentSeconds: number;
  /** Whether cloud-init is through. */
  booted: boolean;
  /** What cloud-init complained about. */
  bootErrors: string[];
  /** Why Docker did not answer; null when it did. */
  dockerFault: string | null;
  /** Why the proxy did not answer; null when it did. */
  proxyFault: string | null;
  services: Container[];
  /** Whether a stand-in for the proxy is there, with routes of its own. */
  standIn: boolean;
  apps: AppContainer[];
  /** The app's processes without HTTP. */
  workers: AppContainer[];
  /** What the proxy sends the app's requests to. */
  route: CurrentRoute | undefined;
  /** Customers' names that a release is, or was, tried on, and where they lead. */
  canary: CurrentRoute | undefined;
  /** What the proxy has counted so far. */
  traffic: Traffic;
  disks: Disk[];
  /** Checksums of secrets and TLS files by path. */
  files: Map<string, string>;
  releases: ReleaseRecord[];
  tenants: string | null;
  /** Moves of customers to or from this host that are on. */
  moves: MoveMark[];
  dumps: Dump[];
  /** How its backups were when it last looked; null when it has none. */
  backup: BackupState | null;
  /** Of what it backs up by; null when that was never set up. */
  backupFingerprint: string | null;
  /** Digests of the repository's images that are there; [] when no repository was named. */
  images: string[];
  memory: { bytes: number; available: number } | null;
  /** Processes that ran or waited to, on average over the last minute and the last quarter of an hour. */
  load: { minute: number; quarter: number; cores: number } | null;
}

export interface ObserveOptions {
  services: readonly string[];
  dataPath: string;
  files: readonly string[];
  /** Of the app's images, without tag. */
  repository?: string;
}

const FORMAT = `{"name":{{json .Name}},"status":{{json .State.Status}},"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}null{{end}},"labels":{{json .Config.Labels}}}`;

const LOCK_SEEN = `if [ -d "$1" ]; then echo "held $(( $(date +%s) - $(stat -c %Y "$1/heartbeat" 2>/dev/null || stat -c %Y "$1") ))"; else cat "$2" 2>/dev/null || echo 0; fi`;

const UNCHANGED = "unchanged";
/** Seconds that a look may be old and still stand. */
const LOOK_STANDS = 30;

/**
 * Under the lock: the look again, unless nobody had the lock since `seen` and that is not long ago; then only a word that
 * says so (isUnchanged). What nobody's operation changes, the steps find out themselves.
 */
export function observeAgain(options: ObserveOptions, seen: Pick<Observation, "generation" | "clock">): Command {
  if (seen.generation === null) return observe(options);
  const stands = script("stands", `[ "$(cat "$1" 2>/dev/null)" = "$2" ] && [ "$(date +%s)" -le "$3" ] && echo ${UNCHANGED}`, GENERATION, seen.generation + 1, seen.clock + LOOK_STANDS);
  return any(stands, observe(options));
}
export const isUnchanged = (stdout: string): boolean => stdout.trim() === UNCHANGED;

export function observe({ services, dataPath, files, repository }: ObserveOptions): Command {
  return together(
    ["clock", ["date", "+%s"]],
    ["boot", script("boot", `if command -v cloud-init >/dev/null && [ ! -e /var/lib/cloud/instance/boot-finished ]; then echo running; else cat /run/cloud-init/result.json 2>/dev/null || echo '{}'; fi`)],
    ["lock", script("lock-seen", LOCK_SEEN, LOCK, GENERATION)],
    // One that is missing, or just went, is none of the answer; the others are.
    ["docker", script("containers", `ids=$(docker ps --all --quiet --filter label=${LABEL.role} 2>&1) || { echo "$ids"; exit 1; }
format=$1; shift
docker container inspect --format "$format" $ids "$@" 2>/dev/null || true`, FORMAT, ...services, STAND_IN)],
    ["proxy", script("routes", `"$@" 2>&1`, ...listRoutes())],
    ["traffic", readTraffic()],
    ["disks", script("disks", `df -P -B1 / "$@" 2>/dev/null | tail -n +2`, "/var/lib/docker", dataPath)],
    ["files", checksums(files)],
    ["releases", readReleaseLog()],
    ["tenants", any(["cat", TENANTS], ["true"])],
    ["moves", readMoveMarks()],
    ["dumps", listDumps(dataPath)],
    ["backup", readBackupState()],
    ...(repository ? [["images", ["docker", "image", "ls", "--format", "{{.Digest}}", repository]] as const] : []),
    ["load", script("load", `cat /proc/loadavg; nproc; grep -E '^(MemTotal|MemAvailable)' /proc/meminfo`)],
  );
}

export function parseObservation(stdout: string, services: readonly string[]): Observation {
  const parts = parseSections(stdout);
  const text = (name: string): string => parts.get(name)?.output ?? "";
  const containers = text("docker").split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Inspected);
  const proxy = parts.get("proxy");
  return {
    clock: Number(text("clock")),
    generation: /^\d+$/.test(text("lock").trim()) ? Number(text("lock")) : null,
    lockSilentSeconds: Number(/^held (-?\d+)$/.exec(text("lock").trim())?.[1] ?? Number.NaN),
    booted: text("boot").trim() !== "running",
    bootErrors: bootErrors(text("boot")),
    dockerFault: faultOf(parts.get("docker")),
    proxyFault: faultOf(proxy),
    services: services.map((name) => service(name, containers)),
    standIn: containers.some(({ name }) => name === `/${STAND_IN}`),
    apps: containers.filter(({ labels }) => labels?.[LABEL.role] === "app").map(app),
    workers: containers.filter(({ labels }) => labels?.[LABEL.role] === "worker").map(app),
    route: proxy?.code === 0 ? parseRoutes(proxy.output) : undefined,
    canary: proxy?.code === 0 ? parseRoutes(proxy.output, CANARY) : undefined,
    traffic: parseTraffic(text("traffic")),
    disks: disks(text("disks")),
    files: parseChecksums(text("files")),
    releases: parseReleaseLog(text("releases")),
    tenants: text("tenants").trim() || null,
    moves: parseMoveMarks(text("moves")),
    dumps: parseDumps(text("dumps")),
    backup: parseBackupState(text("backup")), backupFingerprint: parseFingerprint(text("backup")),
    images: text("images").split("\n").filter((line) => line.startsWith("sha256:")),
    ...machine(text("load")),
  };
}

interface Inspected extends Container { labels: Record<string, string> | null }

function faultOf(part: Section | undefined): string | null {
  if (!part) return "was not asked";
  if (part.code === 0) return null;
  return part.output.trim().split("\n").at(-1) || `exit code ${part.code}`;
}

function service(name: string, containers: readonly Inspected[]): Container {
  const found = containers.find((container) => container.name === `/${name}`);
  return { name, status: found?.status ?? "missing", health: found?.health ?? null };
}

/** The container that the proxy sends the app's requests to, when it is there. */
export const servingApp = ({ apps, route }: Pick<Observation, "apps" | "route">): AppContainer | undefined => apps.find(({ name }) => name === route?.container);

/** Running, and not called unhealthy by its own check. One that is still starting counts as well. */
export const isUp = ({ status, health }: Container): boolean => status === "running" && health !== "unhealthy";

function app({ name, status, health, labels }: Inspected): AppContainer {
  const label = (key: string): string => labels?.[key] ?? "";
  return {
    name: name.replace(/^\//, ""), status, health,
    release: label(LABEL.release), digest: label(LABEL.digest), since: label(LABEL.since), settings: label(LABEL.settings),
  };
}

function bootErrors(text: string): string[] {
  try {
    return (JSON.parse(text) as { v1?: { errors?: string[] } }).v1?.errors ?? [];
  } catch {
    return [];
  }
}

function disks(text: string): Disk[] {
  const found = text.split("\n").flatMap((line) => {
    const [, bytes, , free, , path] = line.split(/\s+/);
    return path ? [{ path, bytes: Number(bytes), free: Number(free) }] : [];
  });
  return found.filter((disk, at) => found.findIndex(({ path }) => path === disk.path) === at);
}

function machine(text: string): Pick<Observation, "memory" | "load"> {
  const [average, cores] = text.split("\n");
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? Number.NaN) * 1024;
  const memory = { bytes: kilobytes("MemTotal"), available: kilobytes("MemAvailable") };
  const [minute, , quarter] = (average ?? "").split(" ").map(Number.parseFloat);
  const load = { minute: minute ?? Number.NaN, quarter: quarter ?? Number.NaN, cores: Number(cores) };
  return { memory: Number.isNaN(memory.bytes) ? null : memory, load: Number.isNaN(load.minute) ? null : load };
}
