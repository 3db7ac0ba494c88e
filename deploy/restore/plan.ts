/** What restoring a customer beside the living one takes, and what stands in its way. Pure. */
import type { DatabaseBackup } from "../host/database-backups.ts";
import type { MoveMark } from "../host/moves.ts";
import type { RestoreSeen } from "../host/restores.ts";
import { type Snapshot, snapshotsAround } from "../host/snapshots.ts";
import { age, bytes } from "../report/units.ts";

export interface RestoreFacts {
  slug: string;
  host: string;
  /** That serves there now. */
  release: string;
  /** The host's clock, in seconds since 1970. */
  clock: number;
  /** Oldest first. */
  backups: DatabaseBackup[];
  /** Of the customer's files, oldest first; null: there are no backups of files that could be read. */
  snapshots: Snapshot[] | null;
  /** Free at the data path, in bytes. */
  free: number;
  /** Names of restic's and pgBackRest's faults, one a line; empty: both answered. */
  silent: string[];
  seen: RestoreSeen;
  moves: MoveMark[];
}

export interface PlanFault { message: string; mend: string | null }

export interface RestorePlan {
  slug: string;
  host: string;
  release: string;
  at: string;
  /** Seconds before now. */
  age: number;
  /** The backup that it begins with. */
  from: string | null;
  /** Of the scratch database. */
  bytes: number;
  snapshots: Snapshot[];
  /** A scratch of this time is there already. */
  goesOn: boolean;
  faults: PlanFault[];
  remarks: string[];
}

/** So much has to be free besides: indexes, WAL, the archive. */
const ROOM = 1.3;

export function planRestore(facts: RestoreFacts, at: string): RestorePlan {
  const { slug, host, release, clock, backups, snapshots, free, seen, moves, silent } = facts;
  const from = backups.findLast(({ ended }) => ended <= at);
  const goesOn = seen.mark?.at === at;
  const size = from?.bytes ?? 0;
  const around = snapshotsAround(snapshots ?? [], at);
  const oldest = backups[0];
  const need = Math.ceil(size * ROOM);
  const move = moves.find((mark) => mark.slug === slug);
  const faults: PlanFault[] = [
    ...silent.map((message) => ({ message, mend: "deploy backup status says more" })),
    ...(Date.parse(at) / 1000 > clock ? [{ message: `on ${host} it is ${new Date(clock * 1000).toISOString()}: that time has not come yet there`, mend: null }] : []),
    ...(silent.length === 0 && !oldest ? [{ message: `${host} has no backup of its database`, mend: `deploy backup run ${host}` }] : []),
    ...(oldest && !from ? [{ message: `the oldest backup of ${host}'s database ended ${oldest.ended}; before that there is no way back`, mend: null }] : []),
    ...(seen.mark && !goesOn ? [{ message: `a scratch database of ${slug} at ${seen.mark.at} is there already`, mend: `deploy restore drop ${slug} removes it` }] : []),
    ...(!goesOn && free < need ? [{ message: `${host} has ${bytes(free)} free for its data; the scratch database needs ${bytes(need)}`, mend: "a larger volume: tiers.TIER.volumeGigabytes in hosting.yaml, then pulumi up" }] : []),
    ...(move ? [{ message: `${slug} is being moved from ${move.from} to ${move.to}`, mend: `deploy move status ${slug} says how it stands` }] : []),
  ];
  const remarks = [
    ...(snapshots !== null && around.length === 0 ? ["no snapshot of files is near that time: files that were removed since are missing"] : []),
    ...(snapshots !== null && around[0] && around[0].time > at ? [`the first snapshot of files is of ${around[0].time}: files that were removed before are missing`] : []),
  ];
  return { slug, host, release, at, age: clock - Date.parse(at) / 1000, from: from?.label ?? null, bytes: size, snapshots: around, goesOn, faults, remarks };
}

export function describeRestore(plan: RestorePlan): string {
  const rows: [string, string][] = [
    ["from", plan.from ? `backup ${plan.from}, then every change until ${plan.at}` : "–"],
    ["beside", `scratch database of ${bytes(plan.bytes)} on ${plan.host}; the living one goes on, for everybody`],
    ["files", plan.snapshots.length === 0 ? "those that are there now" : `snapshots of ${plan.snapshots.map(({ time }) => time).join(" and ")}, and those that are there now`],
    ...(plan.goesOn ? [["goes on", "a scratch of that time is there already"] satisfies [string, string]] : []),
    ...plan.remarks.map((remark): [string, string] => ["note", remark]),
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return [
    `Plan: ${plan.slug} on ${plan.host} to ${plan.at} (${age(plan.age)} ago), read with ${plan.release}`,
    ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`),
    ...plan.faults.flatMap(({ message, mend }) => [`  ✗ ${message}`, ...(mend ? [`      ${mend}`] : [])]),
  ].join("\n");
}
