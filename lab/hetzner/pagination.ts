/** Lists as Hetzner answers them: filters, sorting, pages of 25 (at most 50), `meta.pagination` and a Link header. */
import { invalid } from "./errors.ts";
import { parseSelector, type Labels } from "./labels.ts";
import { ok, type Answer, type Call } from "./routes.ts";

type Sortable = string | number | null;

export interface Listing<R> {
  /** The plural key of the answer. */
  key: string;
  records: readonly R[];
  view: (record: R) => object;
  /** Fields that `sort=` may name. */
  sortable?: Record<string, (record: R) => Sortable>;
  /** Query parameters that keep records whose value is among those given. */
  filters?: Record<string, (record: R) => string>;
  labels?: (record: R) => Labels;
  /** False for the one list that the document shows whole and without meta. */
  paged?: boolean;
}

/** Answers a list call; throws invalid_input for a bad page, sort field or selector. */
export function list<R>(call: Call, listing: Listing<R>): Answer {
  const found = sorted(filtered([...listing.records], call.query, listing), call.query, listing.sortable ?? {});
  if (listing.paged === false) return ok({ [listing.key]: found.map(listing.view) });
  const page = whole(call.query, "page", 1);
  const perPage = Math.min(whole(call.query, "per_page", 25), 50);
  const last = Math.max(1, Math.ceil(found.length / perPage));
  const pagination = {
    page,
    per_page: perPage,
    previous_page: page > 1 ? page - 1 : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: found.length,
  };
  const shown = found.slice((page - 1) * perPage, page * perPage).map(listing.view);
  const links = linksOf(call, { prev: pagination.previous_page, next: pagination.next_page, last });
  return { ...ok({ [listing.key]: shown, meta: { pagination } }), headers: { link: links } };
}

function filtered<R>(records: R[], query: URLSearchParams, { filters = {}, labels }: Listing<R>): R[] {
  let kept = records;
  for (const [name, value] of Object.entries(filters)) {
    const wanted = query.getAll(name);
    if (wanted.length > 0) kept = kept.filter((record) => wanted.includes(value(record)));
  }
  const selector = query.get("label_selector");
  if (!labels || !selector) return kept;
  const matches = parseSelector(selector);
  return kept.filter((record) => matches(labels(record)));
}

function sorted<R>(records: R[], query: URLSearchParams, sortable: Record<string, (record: R) => Sortable>): R[] {
  const orders = query.getAll("sort").map((text) => {
    const [field = "", direction = "asc"] = text.split(":");
    const value = Object.hasOwn(sortable, field) ? sortable[field] : undefined;
    if (!value || !["asc", "desc"].includes(direction)) {
      throw invalid("sort", `'${text}' is none of ${Object.keys(sortable).join(", ")}, with :asc or :desc`);
    }
    return { value, sign: direction === "asc" ? 1 : -1 };
  });
  return records.sort((a, b) => {
    for (const { value, sign } of orders) {
      const order = compare(value(a), value(b));
      if (order !== 0) return sign * order;
    }
    return 0;
  });
}

function compare(a: Sortable, b: Sortable): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

function whole(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(name, "must be a whole number from 1");
  return Number(text);
}

function linksOf(call: Call, pages: Record<string, number | null>): string {
  return Object.entries(pages)
    .filter(([, page]) => page !== null)
    .map(([relation, page]) => {
      const query = new URLSearchParams(call.query);
      query.set("page", String(page));
      return `<${call.address}?${query}>; rel="${relation}"`;
    })
    .join(", ");
}
