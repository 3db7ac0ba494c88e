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
export interface Slice { after: Key | null; to: Key | null; rows: number; sum: string }

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
  /** Where an earlier run was: `done` of its last progress. */
  from?: Progress;
  /** After every batch, to be remembered. */
  onProgress?: (progress: Progress) => void | Promise<void>;
}

/** How far a compare is. */
export interface Progress { tables: Record<string, number>; table: string; /** Null: this table is through. */ after: Key | null; rows: number }

export interface Compared { /** By table, of the source. */ rows: Record<string, number>; differences: Difference[] }

/** Slices in one command: some seconds of work at most. */
const BATCH = 20;

/** Throws CommandFailed; a snapshot that is gone is such a failure. */
export async function compareAll(source: Side, target: Side, move: DataMove, options: CompareOptions = {}): Promise<Compared> {
  const { size = 5000, rest = 1, snapshots, from, onProgress } = options;
  const schema = ident(moveNames(move.slug).schema);
  const call = <T>(side: Side, text: string, snapshot: string | undefined): Promise<T> => ask<T>(side, "comparing rows", within(`select ${schema}.${text};\n`, snapshot), 600_000);
  const rows: Record<string, number> = { ...from?.tables };
  const differences: Difference[] = [];
  for (const table of move.tables.map(nameOf)) {
    if (rows[table] !== undefined) continue;
    let after = from?.table === table ? from.after : null;
    let seen = from?.table === table ? from.rows : 0;
    for (let open = true; open;) {
      const theirs = await call<Slice[]>(source, `slices(${literal(table)}, ${json(after)}, ${size}, ${BATCH}, ${rest})`, snapshots?.source);
      const ours = await call<Slice[]>(target, `sums_of(${literal(table)}, ${literal(JSON.stringify(theirs))}, ${rest})`, snapshots?.target);
      for (const [at, slice] of theirs.entries()) {
        seen += slice.rows;
        if (slice.rows === ours[at]!.rows && slice.sum === ours[at]!.sum) continue;
        const text = `rows_of(${literal(table)}, ${json(slice.after)}, ${json(slice.to)})`;
        const [one, other] = await Promise.all([call<Record<string, string>>(source, text, snapshots?.source), call<Record<string, string>>(target, text, snapshots?.target)]);
        const difference = differing(one, other);
        if (difference) differences.push({ table, after: slice.after, to: slice.to, ...difference });
      }
      after = theirs.at(-1)!.to;
      open = after !== null;
      if (!open) rows[table] = seen;
      await onProgress?.({ tables: { ...rows }, table, after, rows: seen });
    }
  }
  return { rows, differences };
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
