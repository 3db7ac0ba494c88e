/**
 * Compares everything, in slices of keys, so that other customers hardly notice and a run that was stopped goes on where it
 * was. Without snapshots (under load, before the hold) rows that just change may differ: `suspect` puts them to the next
 * rounds of tick and check. On the flip's snapshots it is exact.
 */
import { CommandFailed } from "../../remote/runner.ts";
import { moveNames } from "./names.ts";
import { ask, type Side, sql } from "./psql.ts";
import { ident, literal } from "./quote.ts";
import { type DataMove, nameOf } from "./tenancy.ts";

export type Key = string[];
interface Slice { table: string; after: Key | null; to: Key | null; rows: number; sum: string }

/** Rows of one table that are not the same on both sides. */
export interface Difference {
  table: string;
  /** Of the slice: after this key, up to this one; null: from the beginning, to the end. */
  after: Key | null;
  to: Key | null;
  missing: Key[];
  extra: Key[];
  changed: Key[];
}

export interface CompareOptions {
  /** Snapshots by which both sides are seen, as the flip printed them. */
  snapshots?: { source: string; target: string };
  /** Rests for that many times as long as each slice took; 1 when absent. */
  rest?: number;
  /** Rows in a slice. */
  size?: number;
  /** Where an earlier run was: its last progress. */
  from?: Progress;
  /** After every batch, to be remembered. */
  onProgress?: (progress: Progress) => void | Promise<void>;
}

/** How far a compare is: what `from` takes to go on. */
export interface Progress {
  /** Where it is, and rows of that table compared so far. */
  table: string;
  rows: number;
  /** Rows compared so far, by table. */
  counts: Record<string, number>;
  /** Differences found so far. */
  differences: Difference[];
  /** Where it goes on; null: it is through. */
  next: { table: string; after: Key | null } | null;
}

export interface Compared { /** By table, of the source. */ rows: Record<string, number>; differences: Difference[] }

/** Seconds of work in one command, on each side. */
const BATCH = 5;

/** Throws CommandFailed; a snapshot that is gone is such a failure. */
export async function compareAll(source: Side, target: Side, move: DataMove, options: CompareOptions = {}): Promise<Compared> {
  const { size = 5000, rest = 1, snapshots, from, onProgress } = options;
  const schema = ident(moveNames(move.slug).schema);
  const call = <T>(side: Side, text: string, snapshot: string | undefined): Promise<T> => ask<T>(side, "comparing rows", within(`select ${schema}.${text};\n`, snapshot), 600_000);
  const progress: Progress = from ?? { table: "", rows: 0, counts: Object.fromEntries(move.tables.map((table) => [nameOf(table), 0])), differences: [], next: { table: "", after: null } };
  let { next } = progress;
  while (next) {
    const theirs: { slices: Slice[]; next: Progress["next"] } = await call(source, `slices(${literal(next.table)}, ${json(next.after)}, ${size}, ${BATCH}, ${rest})`, snapshots?.source);
    const ours = await call<Slice[]>(target, `sums_of(${literal(JSON.stringify(theirs.slices))}, ${rest})`, snapshots?.target);
    for (const [at, { table, after, to, rows, sum }] of theirs.slices.entries()) {
      progress.counts[table] = (progress.counts[table] ?? 0) + rows;
      Object.assign(progress, { table, rows: progress.counts[table] });
      if (rows === ours[at]!.rows && sum === ours[at]!.sum) continue;
      const text = `rows_of(${literal(table)}, ${json(after)}, ${json(to)})`;
      const [one, other] = await Promise.all([call<Record<string, string>>(source, text, snapshots?.source), call<Record<string, string>>(target, text, snapshots?.target)]);
      const difference = differing(one, other);
      if (difference) progress.differences.push({ table, after, to, ...difference });
    }
    progress.next = next = theirs.next;
    await onProgress?.(structuredClone(progress));
  }
  return { rows: progress.counts, differences: progress.differences };
}

/** Keys that are not alike; undefined when all are. */
export function differing(source: Record<string, string>, target: Record<string, string>): Pick<Difference, "missing" | "extra" | "changed"> | undefined {
  const keys = (record: Record<string, string>, wanted: (key: string) => boolean): Key[] => Object.keys(record).filter(wanted).map((key) => JSON.parse(key) as Key);
  const missing = keys(source, (key) => target[key] === undefined);
  const extra = keys(target, (key) => source[key] === undefined);
  const changed = keys(source, (key) => target[key] !== undefined && target[key] !== source[key]);
  return missing.length + extra.length + changed.length > 0 ? { missing, extra, changed } : undefined;
}

/** Keys to be compared again by the next tick: what a compare under load found differing. On the source. */
export async function suspect(source: Side, slug: string, differences: readonly Difference[]): Promise<void> {
  const schema = ident(moveNames(slug).schema);
  for (const { table, missing, extra, changed } of differences) {
    const keys = [...missing, ...extra, ...changed];
    await sql(source, "noting rows to compare again", `insert into ${schema}.dirty select ${literal(table)}, key from jsonb_array_elements(${literal(JSON.stringify(keys))}::jsonb) k(key);\n`);
  }
}

/** `public.orders: 2 rows are missing on the target between (1200) and (6200), the first is (1377)`. */
export function describeDifference({ table, after, to, missing, extra, changed }: Difference): string {
  const range = `${after ? `after ${show(after)}` : "from the first row"}${to ? ` up to ${show(to)}` : " to the last"}`;
  const parts = ([["missing on the target", missing], ["on the target only", extra], ["different", changed]] as const)
    .filter(([, keys]) => keys.length > 0).map(([what, keys]) => `${keys.length} ${keys.length === 1 ? "row is" : "rows are"} ${what}, ${keys.length === 1 ? "" : "the first is "}${show(keys[0]!)}`);
  return `${table}, ${range}: ${parts.join("; ")}`;
}

/** The flip's snapshot is gone, and with it the chance to compare as of the cutover. */
export const snapshotLost = (error: unknown): boolean => error instanceof CommandFailed && /snapshot ".*" does not exist|invalid snapshot identifier/.test(error.result.stderr);

const show = (key: Key): string => `(${key.join(", ")})`;
const json = (key: Key | null): string => (key === null ? "null" : `${literal(JSON.stringify(key))}::jsonb`);
const within = (text: string, snapshot: string | undefined): string => (snapshot === undefined ? text : `begin isolation level repeatable read;\nset transaction snapshot ${literal(snapshot)};\n${text}commit;\n`);
