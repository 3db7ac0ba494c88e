/** Tables in an order in which rows can be inserted: what a foreign key refers to comes first. */
import type { ForeignKey } from "./inventory.ts";

export interface Order {
  sorted: string[];
  /** Tables that refer to each other in a circle, in the order of their names; they come last in `sorted`. */
  circle: string[];
}

export function insertOrder(tables: readonly string[], keys: readonly ForeignKey[]): Order {
  const open = new Set(tables);
  const sorted: string[] = [];
  while (open.size > 0) {
    const ready = [...open].filter((table) => !keys.some((key) => key.table === table && key.references !== table && open.has(key.references)));
    if (ready.length === 0) break;
    for (const table of ready.sort()) {
      open.delete(table);
      sorted.push(table);
    }
  }
  const circle = [...open].sort();
  return { sorted: [...sorted, ...circle], circle };
}
