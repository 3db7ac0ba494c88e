/**
 * Numbers from sequences and identity columns. Every host counts in a band of its own, so that rows of two hosts never get
 * the same number, wherever they move and whenever they come back, and nothing has to be set in the hold.
 */
import type { Sequence } from "./inventory.ts";
import { ident, literal, qualified } from "./quote.ts";
import { owned } from "./table-sql.ts";
import { type DataMove, nameOf } from "./tenancy.ts";

/** Of one host: how far a sequence is, and the highest number in the columns that it fills. */
export interface Count { sequence: string; type: Sequence["type"]; last: string; highest: string }

/** Numbers in one band; 9,000 bands of bigint are exact in JSON, too. */
const SIZE: Record<Sequence["type"], bigint> = { bigint: 10n ** 12n, integer: 10n ** 8n, smallint: 32_768n };
const LIMIT: Record<Sequence["type"], bigint> = { bigint: 2n ** 63n, integer: 2n ** 31n, smallint: 2n ** 15n };

/** Sequences that fill a column of what moves. */
export const countingSequences = (move: DataMove, sequences: readonly Sequence[]): Sequence[] => {
  const moved = new Set(move.tables.map(nameOf));
  return sequences.filter(({ uses, cycles }) => !cycles && uses.some(({ table }) => moved.has(table)));
};

/**
 * Prints one line of JSON, Count[]. Ask every host of the fleet that runs this app. Where the customer is part of the key,
 * its own numbers are enough: they cannot meet another's.
 */
export function readCounts(move: DataMove, sequences: readonly Sequence[]): string {
  const counts = countingSequences(move, sequences).map((sequence) => {
    const highest = sequence.uses.flatMap((use) => {
      const table = move.tables.find((each) => nameOf(each) === use.table);
      if (!table) return [];
      const inKey = table.columnInKey && table.key.some(({ name }) => name === use.column);
      return [`(select max(r.${ident(use.column)}) from ${qualified(table.schema, table.name)} r${inKey ? ` where ${owned(table, move.key)}` : ""})`];
    });
    return `json_build_object('sequence', ${literal(sequence.sequence)}, 'type', ${literal(sequence.type)},
  'last', coalesce(pg_sequence_last_value(${literal(qualified(sequence.schema, sequence.name))}::regclass), 0)::text, 'highest', coalesce(greatest(${highest.join(", ")}), 0)::text)`;
  });
  return `select json_build_array(${counts.join(",\n")});\n`;
}

export interface Band {
  sequence: string;
  /** First number, as text. */
  first: string;
}

/**
 * Bands for the target's sequences; [] when each of them already counts where no other host does. `others`: every other
 * host, the source too. Throws RangeError naming the sequence when its type has no band left.
 */
export function chooseBands(target: readonly Count[], others: readonly (readonly Count[])[]): Band[] {
  return target.flatMap(({ sequence, type, last, highest }) => {
    const band = (value: string): bigint => BigInt(value) / SIZE[type];
    const theirs = others.flat().filter((count) => count.sequence === sequence);
    const alone = theirs.every((count) => band(count.last) !== band(last) && (band(count.highest) !== band(last) || BigInt(count.highest) <= BigInt(last)));
    if (alone && BigInt(highest) <= BigInt(last)) return [];
    const top = [last, highest, ...theirs.flatMap((count) => [count.last, count.highest])].map(band).reduce((one, other) => (one > other ? one : other));
    const first = (top + 1n) * SIZE[type];
    if (first + SIZE[type] > LIMIT[type]) throw new RangeError(`${sequence} counts in ${type} and has no range of numbers left for another host`);
    return [{ sequence, first: String(first) }];
  });
}

/** On the target. */
export const setBands = (bands: readonly Band[]): string => bands.map(({ sequence, first }) => {
  const at = sequence.indexOf(".");
  return `select setval(${literal(qualified(sequence.slice(0, at), sequence.slice(at + 1)))}, ${BigInt(first)}) \\g /dev/null\n`;
}).join("");
