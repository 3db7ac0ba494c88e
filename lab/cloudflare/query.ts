/** Page and order, as query parameters. */
import { problem } from "./envelope.ts";

type Query = Record<string, string>;

/** `page` and `per_page` within the endpoint's bounds. */
export function readPage(query: Query, bounds: { perPage: number; least: number; most: number }): { page: number; perPage: number } {
  const page = whole(query.page, 1);
  const perPage = whole(query.per_page, bounds.perPage);
  if (!(page >= 1)) throw problem(400, 9002, `Invalid page ${query.page}: expected a number from 1.`);
  if (!(perPage >= bounds.least && perPage <= bounds.most))
    throw problem(400, 9003, `Invalid per_page ${query.per_page}: expected a number from ${bounds.least} to ${bounds.most}.`);
  return { page, perPage };
}

/** Sorts by the field named in `order`, when there is one. */
export function inOrder<T>(items: T[], query: Query, field: (item: T, order: string) => string | number | boolean | undefined): T[] {
  if (!query.order) return items;
  const direction = query.direction === "desc" ? -1 : 1;
  const key = (item: T) => field(item, query.order!) ?? "";
  return items.toSorted((a, b) => (key(a) < key(b) ? -direction : key(a) > key(b) ? direction : 0));
}

function whole(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : /^\d+$/.test(text) ? Number(text) : NaN;
}
