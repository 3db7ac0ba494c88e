/** What is to be done so that a host backs itself up. Pure: what there is and what is wanted in, a plan out. */
import { parseSections } from "../host/sections.ts";
import { parseChecksums, sha256 } from "../host/secrets.ts";
import { age } from "../report/units.ts";
import type { BackupFile, DatabasePlace } from "./host-files.ts";
import { type Kind, KINDS } from "./kinds.ts";
import { type BackupState, parseBackupState } from "./state.ts";
import { STARTED_UNITS, unitOf, WAL_UNIT } from "./units.ts";

export interface BackupFinding {
  /** Checksums by path. */
  files: ReadonlyMap<string, string>;
  /** Our files that are there, whether wanted or not. */
  present: string[];
  /** null: not installed. */
  restic: string | null;
  pgbackrest: string | null;
  /** null: PostgreSQL did not answer. */
  place: DatabasePlace | null;
  /** Whether PostgreSQL hands its WAL to pgBackRest. */
  archives: boolean;
  /** Units that run. */
  running: string[];
  state: BackupState | null;
}

/** Reads what lookAtBackup printed. */
export function parseBackupFinding(stdout: string): BackupFinding {
  const parts = parseSections(stdout);
  const text = (name: string): string => parts.get(name)?.code === 0 ? parts.get(name)!.output.trim() : "";
  const [settings = "", group = ""] = text("postgres").split("\n");
  const [dataDirectory = "", socket = "", port = "", mode = "", command = ""] = settings.split("|");
  return {
    files: parseChecksums(text("files")), present: text("present").split("\n").filter(Boolean),
    restic: text("restic") || null, pgbackrest: text("pgbackrest") || null,
    place: command && group ? { dataDirectory, socket, port, group: group.trim() } : null, archives: mode === "on" && command === "t",
    running: text("units").split("\n").flatMap((line) => line.endsWith(" active") ? [line.split(" ")[0]!] : []),
    state: parseBackupState(text("state")),
  };
}

export interface BackupFault { message: string; hint: string }

export interface InstallPlan {
  host: string;
  /** Nothing is done while there is one. */
  faults: BackupFault[];
  /** restic is not there and comes from the system's packages. */
  restic: boolean;
  write: { path: string; why: "new" | "changed" }[];
  remove: string[];
  /** Units that do not run yet. */
  enable: string[];
  /** Kinds of which there is none yet: begun at once. */
  first: Kind[];
}

/** `wanted`: null when the host's PostgreSQL did not say where it is, which is a fault. */
export function planInstall(host: string, found: BackupFinding, wanted: readonly BackupFile[] | null): InstallPlan {
  const paths = new Set(wanted?.map(({ path }) => path));
  const write = (wanted ?? []).flatMap(({ path, content }) => {
    const there = found.files.get(path);
    return there === sha256(content) ? [] : [{ path, why: there === undefined ? "new" as const : "changed" as const }];
  });
  return {
    host, faults: faults(host, found), restic: found.restic === null, write,
    remove: wanted ? found.present.filter((path) => !paths.has(path)) : [],
    enable: STARTED_UNITS.filter((unit) => !found.running.includes(unit)),
    first: KINDS.filter((kind) => kind !== "verify" && !found.state?.newest[kind]),
  };
}

function faults(host: string, { place, pgbackrest, archives }: BackupFinding): BackupFault[] {
  if (!place) return [{ message: `${host}: its PostgreSQL does not answer`, hint: `deploy logs ${host} --service postgres` }];
  return [
    ...(pgbackrest === null ? [{ message: `${host}: its PostgreSQL image has no pgBackRest`, hint: `deploy backup image makes one that has it; name it in hosting.yaml (services.postgres.image), then pulumi up -s ${host}` }] : []),
    ...(archives ? [] : [{ message: `${host}: its PostgreSQL does not hand its WAL to pgBackRest yet`, hint: `pulumi up -s ${host}` }]),
  ];
}

/** Whether the host is as it should be. */
export const isInstalled = ({ faults, restic, write, remove, enable }: InstallPlan): boolean =>
  faults.length + write.length + remove.length + enable.length === 0 && !restic;

/** The one that never ends must be told to begin anew. */
export const mustRestart = ({ write }: InstallPlan): string[] =>
  write.some(({ path, why }) => why === "changed" && /wal|base\.py|postgres\.py|settings\.json/.test(path)) ? [WAL_UNIT] : [];

export function describeInstall(plan: InstallPlan): string {
  const { host, faults, restic, write, remove, enable, first } = plan;
  if (faults.length > 0) return faults.map(({ message, hint }) => `✗ ${message}\n    ${hint}`).join("\n");
  if (isInstalled(plan) && first.length === 0) return `${host}: as it should be`;
  const names = (paths: readonly string[]): string => paths.map((path) => path.split("/").at(-1)!).join(", ");
  const of = (why: "new" | "changed"): string[] => write.filter((file) => file.why === why).map(({ path }) => path);
  return [
    `${host}:`,
    ...(restic ? ["  installs  restic"] : []),
    ...(of("new").length > 0 ? [`  writes    ${names(of("new"))}`] : []),
    ...(of("changed").length > 0 ? [`  replaces  ${names(of("changed"))}`] : []),
    ...(remove.length > 0 ? [`  removes   ${names(remove)}`] : []),
    ...(enable.length > 0 ? [`  starts    ${enable.join(", ")}`] : []),
    ...(first.length > 0 ? [`  begins    ${first.map((kind) => unitOf(kind)).join(", ")}: there is none yet`] : []),
  ].join("\n");
}

/** `3 h old` or `none`. */
export const ageWords = (seconds: number | null): string => seconds === null ? "none" : `${age(seconds)} old`;
